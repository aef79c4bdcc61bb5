from django.urls import path

from atn_platform.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("aide/", views.help_page, name="help"),
    path("aide/rappel/", views.call_back, name="call-back"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("vie-privee/", views.privacy, name="privacy"),
    path("langue/", views.language, name="language"),
    path("mode-leger/", views.light_mode, name="light-mode"),
    path("taille-du-texte/", views.text_size, name="text-size"),
    path("securite/ecarts/", views.policy_report, name="policy-report"),
    path("rythme/", views.rhythm, name="rhythm"),
]
