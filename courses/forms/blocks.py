"""One form for each kind of block (docs/course-format.md)."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from atn_platform.core import french
from courses.actions import media
from courses.enums import BlockKind
from courses.forms.drafts import NodeForm
from courses.forms.fields import (
    LinesField,
    PlacesField,
    ProseField,
    RowsField,
    ScenesField,
    StepsField,
)
from courses.models import Block, Course

MARKDOWN_HINT = _("Titres (## et ###), listes, **gras** et [liens](https://…) en Markdown.")
HEADERS = [
    ("row", _("la première ligne")),
    ("column", _("la première colonne")),
    ("both", _("la première ligne et la première colonne")),
]
TONES = [("info", _("à savoir")), ("action", _("à faire")), ("warning", _("attention"))]


class TextForm(NodeForm):
    markdown = ProseField(marked=True, label=_("Texte"), rows=14, help_text=MARKDOWN_HINT)


class CalloutForm(NodeForm):
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    tone = forms.ChoiceField(label=_("Ton"), choices=TONES, initial="info")
    text = ProseField(marked=True, label=_("Texte"), rows=6, help_text=MARKDOWN_HINT)


class StepsForm(NodeForm):
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    text = ProseField(
        marked=True, label=_("Ce qu’il faut savoir avant"), rows=3, help_text=MARKDOWN_HINT
    )
    steps = StepsField(
        label=_("Étapes"),
        rows=14,
        help_text=_(
            "Dans l’ordre. Une étape commence par son titre entre crochets, seul sur sa ligne : "
            "[Isoler l’appareil]. Ce qu’elle demande suit, en Markdown. Les numéros s’ajoutent "
            "d’eux-mêmes."
        ),
    )


class TableForm(NodeForm):
    caption = forms.CharField(
        label=_("Titre du tableau"),
        max_length=200,
        required=False,
        help_text=_("Ce que le tableau compare : « Qui prévenir, et quand »."),
    )
    header = forms.ChoiceField(label=_("En-têtes"), choices=HEADERS, initial="row")
    rows = RowsField(
        label=_("Lignes"),
        help_text=_(
            "Une ligne du tableau par ligne; une barre | entre les cases : « Quand | Qui ». "
            "Un tableau Markdown, ou des cases copiées d’un tableur, se collent tels quels."
        ),
    )


class MessageForm(NodeForm):
    sender = forms.CharField(label=_("De"), max_length=160, required=False)
    subject = forms.CharField(label=_("Objet"), max_length=200, required=False)
    text = ProseField(
        label=_("Texte du message"),
        help_text=_("Entourez la zone du premier indice ainsi : [[1]]avant 16 h[[/1]]."),
    )
    clues = LinesField(label=_("Indices"), rows=5, help_text=_("Un par ligne, dans l’ordre."))


class ReflectionForm(NodeForm):
    text = ProseField(marked=True, label=_("Ce qui est demandé"), rows=5, help_text=MARKDOWN_HINT)
    options = LinesField(
        label=_("Cases à cocher"), rows=5, help_text=_("Une par ligne; aucune, si vous voulez.")
    )


class PledgeForm(NodeForm):
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    text = ProseField(
        marked=True,
        label=_("Ce qui est proposé"),
        rows=5,
        help_text=_(
            "Un geste que la personne posera dans sa municipalité. Elle le retrouve à sa page "
            "« Mes gestes », le dit fait, et le confie à qui l’accompagne si elle le veut. %s"
        )
        % MARKDOWN_HINT,
    )
    options = LinesField(
        label=_("Gestes proposés"),
        rows=6,
        help_text=_("Un par ligne, assez petit pour être posé cette semaine."),
    )


class ScenarioForm(NodeForm):
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    text = ProseField(marked=True, label=_("Mise en situation"), rows=5, help_text=MARKDOWN_HINT)
    start = forms.SlugField(label=_("Clé de la première scène"), required=False)
    scenes = ScenesField(
        label=_("Scènes"),
        rows=18,
        help_text=_(
            "Une scène commence par sa clé : [debut]. Un choix : « - Je rappelle. -> fin ». "
            "Sa rétroaction : « > Bonne idée. ». Une fin : [fin : bonne], mitigée ou mauvaise."
        ),
    )


class QuizForm(NodeForm):
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    draw = forms.IntegerField(
        label=_("Questions tirées à chaque essai"),
        min_value=1,
        max_value=500,
        required=False,
        localize=False,
        help_text=_("Laissez vide pour les poser toutes."),
    )


class MediaForm(NodeForm):
    """Base of the forms with files: choose one of the course's, or send a new one."""

    # Field of the block -> label, and beginnings of the content types it takes.
    FILES: dict[str, tuple[Any, tuple[str, ...]]] = {}

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assets = list(course.assets.order_by("name"))
        fields: dict[str, forms.Field] = {}
        for name, (label, types) in self.FILES.items():
            options = [
                (each.name, f"{each.name} ({french.weight(each.size)})")
                for each in assets
                if each.content_type.startswith(types)
            ]
            fields[name] = forms.ChoiceField(
                label=label, choices=[("", _("aucun")), *options], required=False
            )
            fields[f"new_{name}"] = forms.FileField(
                label=_("Ou envoyer : %s") % str(label).lower(),
                required=False,
                help_text=_("60 Mo au plus."),
                widget=forms.FileInput(attrs={"accept": ",".join(_suffixes(types))}),
            )
        self.fields = {"seen": self.fields.pop("seen"), **fields, **self.fields}

    def clean(self) -> dict[str, Any]:
        for name, (__, types) in self.FILES.items():
            file = self.cleaned_data.get(f"new_{name}")
            if isinstance(file, UploadedFile) and (refusal := _refusal(file, _suffixes(types))):
                self.add_error(f"new_{name}", refusal)
        return self.cleaned_data


def _suffixes(types: tuple[str, ...]) -> list[str]:
    """Ends of the names of the files that a field takes."""
    kinds = media.SIGNATURES.items()
    return sorted(suffix for suffix, (kind, *__) in kinds if kind.startswith(types))


def _refusal(file: UploadedFile, suffixes: list[str]) -> str:
    name = str(file.name)
    if (file.size or 0) > media.LARGEST:
        return gettext("Ce fichier dépasse 60 Mo.")
    if PurePath(name).suffix.lower() in suffixes:
        return ""
    return gettext("« %(name)s » : les types acceptés ici sont %(known)s.") % {
        "name": name,
        "known": ", ".join(suffixes),
    }


class ImageForm(MediaForm):
    FILES = {"file": (_("Image"), ("image/",))}
    alt = forms.CharField(
        label=_("Texte de remplacement"),
        max_length=400,
        required=False,
        help_text=_("Ce que l’image apprend à qui ne la voit pas."),
    )
    decorative = forms.BooleanField(
        label=_("Image décorative, qui n’apprend rien"), required=False
    )
    holds_text = forms.BooleanField(
        label=_("Du texte est dessiné dans l’image"),
        required=False,
        help_text=_("Son contraste est alors vérifié; répétez ce texte dans la leçon."),
    )
    caption = forms.CharField(label=_("Légende"), max_length=300, required=False)


class ZonesForm(MediaForm):
    FILES = {"file": (_("Image"), ("image/",))}
    title = forms.CharField(
        label=_("Titre"),
        max_length=160,
        required=False,
        help_text=_("Ce qu’on cherche dans l’image : « Où se cache ce qui vaut de l’or »."),
    )
    alt = forms.CharField(
        label=_("Texte de remplacement"),
        max_length=400,
        required=False,
        help_text=_("L’image dans son ensemble; chaque zone, elle, est aussi dans la liste."),
    )
    text = ProseField(marked=True, label=_("Consigne"), rows=3, help_text=MARKDOWN_HINT)
    places = PlacesField(
        label=_("Zones"),
        rows=14,
        help_text=_(
            "Une zone commence par sa place et son nom entre crochets, seuls sur leur ligne : "
            "[10 20 30 5 : Le lien]. Les quatre nombres sont des pourcentages de l’image : où "
            "elle commence depuis la gauche, puis depuis le haut, sa largeur, sa hauteur. Son "
            "explication suit, en Markdown."
        ),
    )


class VideoForm(MediaForm):
    FILES = {
        "file": (_("Vidéo"), ("video/",)),
        "captions": (_("Sous-titres (.vtt)"), ("text/vtt",)),
        "audio": (_("Version à écouter"), ("audio/",)),
    }
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    seconds = forms.IntegerField(
        label=_("Durée (secondes)"), min_value=0, max_value=36_000, required=False, localize=False
    )
    transcript = ProseField(marked=True, label=_("Transcription"), help_text=MARKDOWN_HINT)


class AudioForm(MediaForm):
    FILES = {
        "file": (_("Son"), ("audio/",)),
        "captions": (_("Sous-titres (.vtt)"), ("text/vtt",)),
    }
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    seconds = forms.IntegerField(
        label=_("Durée (secondes)"), min_value=0, max_value=36_000, required=False, localize=False
    )
    transcript = ProseField(
        marked=True,
        label=_("Transcription"),
        help_text=_(
            "Tout ce qui se dit, et les bruits qui comptent : c’est elle que montrent le papier "
            "et le mode léger. %s"
        )
        % MARKDOWN_HINT,
    )


class FileForm(MediaForm):
    FILES = {"file": (_("Fichier"), ("application/pdf", "image/", "audio/", "video/", "text/"))}
    title = forms.CharField(label=_("Titre du lien"), max_length=160, required=False)


class PackageForm(MediaForm):
    FILES = {"file": (_("Module"), ("application/zip",))}
    title = forms.CharField(label=_("Titre"), max_length=160, required=False)
    finishes = forms.BooleanField(
        label=_("Réussir le module termine la leçon"),
        required=False,
        help_text=_(
            "Le résultat vient de l’ordinateur de la personne, qui peut le fausser : cochez "
            "seulement si cela ne porte pas à conséquence."
        ),
    )
    equivalent = ProseField(
        marked=True,
        label=_("Forme équivalente"),
        rows=10,
        help_text=_(
            "Ce que le module apprend, en mots : pour qui navigue au clavier ou sans JavaScript, "
            "sur une ligne lente ou sur papier. Elle compte autant que le module. %s"
        )
        % MARKDOWN_HINT,
    )


_FORMS: dict[str, type[NodeForm]] = {
    BlockKind.TEXT: TextForm,
    BlockKind.CALLOUT: CalloutForm,
    BlockKind.IMAGE: ImageForm,
    BlockKind.ZONES: ZonesForm,
    BlockKind.VIDEO: VideoForm,
    BlockKind.AUDIO: AudioForm,
    BlockKind.FILE: FileForm,
    BlockKind.STEPS: StepsForm,
    BlockKind.TABLE: TableForm,
    BlockKind.MESSAGE: MessageForm,
    BlockKind.REFLECTION: ReflectionForm,
    BlockKind.PLEDGE: PledgeForm,
    BlockKind.SCENARIO: ScenarioForm,
    BlockKind.PACKAGE: PackageForm,
    BlockKind.QUIZ: QuizForm,
}


def block_form(block: Block, *args: Any, **kwargs: Any) -> NodeForm:
    """The form of a block's kind, bound or not."""
    form = _FORMS[block.kind]
    if issubclass(form, MediaForm):
        return form(*args, course=block.lesson.module.course, **kwargs)
    return form(*args, **kwargs)
