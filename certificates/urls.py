from django.urls import path

from certificates import views

app_name = "certificates"

urlpatterns = [
    path("attestations/", views.index, name="index"),
    path("attestations/<slug:number>.pdf", views.download, name="download"),
    path("mes-gens/<slug:handle>/preuves/", views.proofs, name="proofs"),
    path(
        "mes-gens/<slug:handle>/preuves/<int:year>.<slug:extension>",
        views.take_proofs,
        name="take-proofs",
    ),
    path("verifier/", views.verify_form, name="verify-form"),
    path("verifier/<str:code>/", views.verify, name="verify"),
]
