"""Every address of the second origin (middleware.py); none of them is an address of the site."""

from django.urls import path

from atn_platform.interop.views import contents

urlpatterns = [
    path("m/<str:token>/lecteur/<str:standard>/", contents.player),
    path("m/<str:token>/contenu/<path:path>", contents.content),
]
