from django.urls import path

from atn_platform.demo import views

app_name = "demo"
urlpatterns = [
    path("courriels/", views.mailbox_index, name="mailbox"),
    path("courriels/<slug:key>/", views.message, name="message"),
    path("courriels/<slug:key>/html/", views.message_html, name="message-html"),
    path("courriels/<slug:key>/pieces/<int:number>/", views.attachment, name="attachment"),
]
