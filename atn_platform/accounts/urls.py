from django.urls import path

from atn_platform.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("appareil/<str:token>/", views.device, name="device"),
    path("email/", views.email, name="email"),
    path("carte/", views.card, name="card"),
    path("carte/annuler/", views.cancel_card, name="cancel-card"),
    path("reprendre/", views.resume, name="resume"),
    path("retour/", views.way_back, name="way-back"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/autres/", views.end_other_sessions, name="end-other-sessions"),
    path("sessions/<int:pk>/", views.end_session, name="end-session"),
    # Allauth's addresses, which keep its names: ours answer first.
    path("2fa/", views.security, name="security"),
    path("2fa/recovery-codes/", views.recovery_codes, name="recovery-codes"),
]
