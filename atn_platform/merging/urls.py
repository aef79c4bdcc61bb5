from django.urls import path

from atn_platform.merging import views

app_name = "merging"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:uuid>/code/", views.prove, name="prove"),
    path("<uuid:uuid>/", views.merge, name="merge"),
    path("<uuid:uuid>/separer/", views.part, name="part"),
]
