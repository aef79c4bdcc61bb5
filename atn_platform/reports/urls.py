from django.urls import path, re_path

from atn_platform.reports import views

app_name = "reports"

urlpatterns = [
    path("participation/", views.participation, name="participation"),
    re_path(r"^participation\.(?P<extension>csv|xlsx)$", views.export, name="export"),
    path("participation/chemin/", views.journey, name="journey"),
    re_path(
        r"^participation/chemin\.(?P<extension>csv|xlsx)$",
        views.export_journey,
        name="export-journey",
    ),
    path("mrc/<slug:handle>/", views.members, name="members"),
    path(
        "mrc/<slug:handle>/municipalites.<slug:extension>",
        views.export_members,
        name="export-members",
    ),
]
