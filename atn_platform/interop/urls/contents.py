"""Every address of the second origin (middleware.py); none of them is an address of the site."""

from django.urls import path

from atn_platform.interop.views import contents, lrs

RESOURCES = {
    "about": lrs.about,
    "statements": lrs.statements,
    "activities/state": lrs.state,
    "activities/profile": lrs.profile,
    "agents/profile": lrs.profile,
}

urlpatterns = [
    path("m/<str:token>/lecteur/<str:standard>/", contents.player),
    path("m/<str:token>/contenu/<path:path>", contents.content),
    path("cmi5/<uuid:session>/jeton/", lrs.token),
    path("cmi5/<uuid:session>/fin/", lrs.end),
    *(path(f"cmi5/<uuid:session>/xapi/{name}", view) for name, view in RESOURCES.items()),
    # Some units put a slash of their own after the address that they are given.
    *(path(f"cmi5/<uuid:session>/xapi//{name}", view) for name, view in RESOURCES.items()),
]
