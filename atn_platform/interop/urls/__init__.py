from django.urls import path

from atn_platform.interop.views import player

app_name = "interop"

urlpatterns = [
    path("cours/<slug:code>/<slug:key>/module/<uuid:uuid>/", player.page, name="module"),
    path(
        "cours/<slug:code>/<slug:key>/module/<uuid:uuid>/<int:number>/", player.place, name="place"
    ),
    path(
        "cours/<slug:code>/<slug:key>/module/<uuid:uuid>/<int:number>/lancer/",
        player.launch,
        name="launch",
    ),
]
