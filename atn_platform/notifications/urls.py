from django.urls import path

from atn_platform.notifications import views

app_name = "notifications"
urlpatterns = [
    path("pourquoi/<str:token>/", views.why, name="why"),
    path("stop/<str:token>/", views.stop, name="stop"),
    path("reprendre/<str:token>/", views.accept, name="accept"),
    path("preferences/", views.preferences, name="preferences"),
]
