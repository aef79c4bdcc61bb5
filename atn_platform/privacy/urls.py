from django.urls import path

from atn_platform.privacy import views

app_name = "privacy"

urlpatterns = [
    path("", views.index, name="index"),
    path("ce-qu-on-voit/", views.seen, name="seen"),
    path("qui-a-ouvert/", views.viewings, name="viewings"),
    path("demander/", views.ask, name="ask"),
    path("fichier/<uuid:uuid>/", views.download, name="download"),
]
