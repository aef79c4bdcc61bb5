from django.urls import path

from municipalities.views import (
    claims,
    council,
    election,
    imports,
    invitation,
    mandates,
    people,
    responsables,
)

app_name = "municipalities"

urlpatterns = [
    path("invitation/<slug:token>/", invitation.invitation, name="invitation"),
    path("mes-gens/<slug:handle>/inviter/", people.invite, name="invite"),
    path("mes-gens/<slug:handle>/inviter/plusieurs/", people.invite_many, name="invite-many"),
    path("mes-gens/<slug:handle>/conseil/", council.grid, name="council"),
    path("mes-gens/invitations/<int:pk>/renvoyer/", people.resend, name="resend"),
    path("mes-gens/invitations/<int:pk>/annuler/", people.cancel, name="cancel"),
    path("mes-gens/<slug:handle>/conseil/election/", election.election, name="election"),
    path("mes-gens/renouvellements/<int:pk>/annuler/", election.undo, name="undo-renewal"),
    path("mes-gens/<slug:handle>/mandats/", mandates.index, name="mandates"),
    path("mes-gens/mandats/<int:pk>/", mandates.edit, name="mandate"),
    path("mes-gens/mandats/<int:pk>/autre/", mandates.another, name="another-mandate"),
    path("mes-gens/mandats/<int:pk>/depart/", mandates.depart, name="depart"),
    path("mes-gens/mandats/<int:pk>/terminer/", people.end_mandate, name="end-mandate"),
    path("mes-fonctions/<int:pk>/quitter/", people.leave, name="leave"),
    path("mes-gens/<slug:handle>/importer/", imports.hand_in, name="hand-in"),
    path("mes-gens/listes/modele.csv", imports.model, name="model-list"),
    path("mes-gens/listes/<int:pk>/", imports.batch, name="import"),
    path("mes-gens/listes/<int:pk>/colonnes/", imports.columns, name="import-columns"),
    path("mes-gens/listes/<int:pk>/lignes/<int:number>/", imports.mend, name="import-line"),
    path("mes-gens/listes/<int:pk>/decisions/", imports.decide, name="import-decisions"),
    path("mes-gens/listes/<int:pk>/faire/", imports.start, name="import-start"),
    path("mes-gens/listes/<int:pk>/annuler/", imports.undo, name="import-undo"),
    path("mes-gens/listes/<int:pk>/jeter/", imports.discard, name="import-discard"),
    path("mes-gens/listes/<int:pk>/resultat.csv", imports.result, name="import-result"),
    path("reclamer/", claims.search, name="claim-search"),
    path("reclamer/demande/<uuid:uuid>/", claims.answer, name="claim-answer"),
    path("reclamer/<slug:handle>/", claims.claim, name="claim"),
    path("mes-gens/<slug:handle>/responsables/", responsables.responsables, name="responsables"),
    path("mes-gens/responsables/<int:pk>/terminer/", responsables.end, name="end-responsible"),
    path("mes-gens/demandes/<int:pk>/accepter/", responsables.grant, name="grant-claim"),
    path("mes-gens/demandes/<int:pk>/refuser/", responsables.refuse, name="refuse-claim"),
]
