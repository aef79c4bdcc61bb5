from django.urls import path

from atn_platform.rights import views

app_name = "rights"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("correction/", views.rectification, name="rectification"),
    path("effacement/", views.erasure, name="erasure"),
    path("<int:pk>/annuler/", views.cancel, name="cancel"),
]
