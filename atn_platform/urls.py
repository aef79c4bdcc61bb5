"""Composition of the site: knows every URL module, and nothing knows it."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("compte/", include("allauth.urls")),
    path("messages/", include("atn_platform.notifications.urls")),
]
