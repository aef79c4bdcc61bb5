from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("catalogue/", views.catalogue, name="catalogue"),
    path("medias/<slug:sha256>/<str:name>", views.asset, name="asset"),
]
