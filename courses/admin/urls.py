"""Addresses of the Atelier, under /admin/atelier/."""

from django.urls import path, re_path

from courses.admin import (
    bank,
    bank_imports,
    care,
    editing,
    listening,
    outline,
    publication,
    reviews,
    sending,
)

app_name = "atelier"
NODE = r"(?P<noun>module|lecon|bloc|question)/(?P<uuid>[0-9a-f-]{36})"

urlpatterns = [
    path("", outline.index, name="index"),
    path("nouveau/", outline.new_course, name="new-course"),
    path("banque/", bank.index, name="bank"),
    path("banque/exporter/", bank.export, name="bank-export"),
    path("banque/importer/", bank_imports.hand_in, name="bank-imports"),
    path("banque/importer/<uuid:uuid>/", bank_imports.show, name="bank-import"),
    path("banque/importer/<uuid:uuid>/garder/", bank_imports.confirm, name="bank-confirm"),
    path("banque/importer/<uuid:uuid>/annuler/", bank_imports.undo, name="bank-undo"),
    path("banque/<uuid:uuid>/", bank.question, name="bank-question"),
    path("<slug:code>/", editing.course, name="course"),
    path("<slug:code>/medias/", publication.media, name="media"),
    path("<slug:code>/medias/<int:asset_id>/retirer/", publication.remove_media, name="no-media"),
    path("<slug:code>/suivi/", care.care, name="care"),
    path("<slug:code>/retirer/", care.withdraw, name="withdraw"),
    path("<slug:code>/offrir/", care.offer_again, name="offer-again"),
    path("<slug:code>/dupliquer/", care.copy, name="copy-course"),
    path("<slug:code>/relecture/", reviews.review, name="review"),
    path("<slug:code>/relecture/demander/", reviews.ask, name="review-ask"),
    path("<slug:code>/relecture/remarques/<int:remark_id>/", reviews.settle, name="review-settle"),
    path("<slug:code>/relecture/approuver/", reviews.approve, name="review-approve"),
    path("<slug:code>/relecture/renvoyer/", reviews.send_back, name="review-return"),
    path("<slug:code>/publier/", publication.publish, name="publish"),
    path("<slug:code>/versions/", publication.versions, name="versions"),
    path("<slug:code>/modules/ajouter/", outline.new_module, name="new-module"),
    path("<slug:code>/module/<uuid:uuid>/ajouter/", outline.new_lesson, name="new-lesson"),
    path("<slug:code>/lecon/<uuid:uuid>/", editing.lesson, name="lesson"),
    path("<slug:code>/lecon/<uuid:uuid>/reglages/", editing.settings, name="settings"),
    path("<slug:code>/lecon/<uuid:uuid>/apercu/", publication.preview, name="preview"),
    path("<slug:code>/lecon/<uuid:uuid>/ecouter/", listening.listen, name="listen"),
    path("<slug:code>/lecon/<uuid:uuid>/ecouter/confirmer/", listening.vouch, name="vouch"),
    path("<slug:code>/lecon/<uuid:uuid>/ecouter/retirer/", listening.drop, name="no-recording"),
    path("<slug:code>/lecon/<uuid:uuid>/ajouter/", outline.new_block, name="new-block"),
    path("<slug:code>/bloc/<uuid:uuid>/ajouter/", outline.new_question, name="new-question"),
    path("<slug:code>/bloc/<uuid:uuid>/coller/", outline.paste, name="paste"),
    path("<slug:code>/bloc/<uuid:uuid>/banque/", bank.take, name="bank-take"),
    path("<slug:code>/question/<uuid:uuid>/banque/", bank.deposit, name="bank-deposit"),
    path("<slug:code>/question/<uuid:uuid>/renouveler/", bank.renew, name="bank-renew"),
    re_path(rf"^(?P<code>[\w-]+)/{NODE}/$", editing.edit, name="edit"),
    re_path(rf"^(?P<code>[\w-]+)/{NODE}/(?P<step>monter|descendre)/$", outline.move, name="move"),
    re_path(rf"^(?P<code>[\w-]+)/{NODE}/dupliquer/$", outline.duplicate, name="duplicate"),
    re_path(rf"^(?P<code>[\w-]+)/{NODE}/envoyer/$", sending.send, name="send"),
    re_path(rf"^(?P<code>[\w-]+)/{NODE}/supprimer/$", outline.remove, name="remove"),
]
