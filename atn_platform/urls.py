"""Composition of the site: knows every URL module, and nothing knows it."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

from atn_platform.portal import health, views
from municipalities.views import openid, sign_in

urlpatterns = [
    path("sante/", health.live, name="health-live"),
    path("sante/pret/", health.ready, name="health-ready"),
    # One door only: the administration has no sign-in of its own.
    path("admin/login/", views.admin_sign_in, name="admin-sign-in"),
    path("admin/atelier/", include("courses.admin.urls")),
    path("admin/", admin.site.urls),
    # Before the library's: an address whose organisation has accounts elsewhere is offered them.
    path("compte/login/code/", sign_in.ask, name="ask-code"),
    # The library's addresses and names, with checks of ours.
    path("compte/oidc/<slug:provider_id>/login/", openid.leave, name="openid_connect_login"),
    path(
        "compte/oidc/<slug:provider_id>/login/callback/",
        openid.come_back,
        name="openid_connect_callback",
    ),
    path("compte/demandes/", include("atn_platform.rights.urls")),
    path("compte/reunir/", include("atn_platform.merging.urls")),
    path("compte/consentements/", include("atn_platform.consents.urls")),
    path("compte/vie-privee/", include("atn_platform.privacy.urls")),
    path("compte/", include("atn_platform.accounts.urls")),
    path("compte/", include("allauth.urls")),
    # The most asked for first: Django tries each address in turn, a fifteenth of a lesson's time.
    path("rapports/", include("atn_platform.reports.urls")),
    path("", include("atn_platform.portal.urls")),
    path("", include("courses.urls")),
    path("", include("enrollments.urls")),
    path("", include("certificates.urls")),
    path("", include("municipalities.urls")),
    path("", include("atn_platform.interop.urls")),
    path("messages/", include("atn_platform.notifications.urls")),
]

if apps.is_installed("atn_platform.demo"):
    urlpatterns.append(path("demo/", include("atn_platform.demo.urls")))
