from django.urls import path

from atn_platform.consents import views

app_name = "consents"
urlpatterns = [path("", views.mine, name="mine")]
