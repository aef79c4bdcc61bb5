"""Input of the pages that bring lists of people in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.models import ImportBatch
from municipalities.staff.columns import LABELS, proposed
from municipalities.staff.files import LARGEST

PASTED_NAME = _("Liste collée")
LONGEST_PASTE = 2_000_000


class ListForm(forms.Form):
    """A file, or the same lines pasted from a spreadsheet."""

    file = forms.FileField(
        label=_("Votre liste"),
        required=False,
        help_text=_("Un classeur Excel (.xlsx) ou un fichier .csv, 20 Mo au plus."),
        widget=forms.FileInput({"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    pasted = forms.CharField(
        label=_("Ou collez les lignes ici"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        help_text=_(
            "Une personne par ligne : Réjean Ouellet, inspecteur, rouellet@ville.qc.ca. Ou des "
            "cellules copiées d’Excel, avec la ligne qui nomme les colonnes."
        ),
        widget=forms.Textarea({"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_file(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > LARGEST:
            raise ValidationError(gettext("Ce fichier dépasse 20 Mo : partagez-le en plusieurs."))
        return file

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("pasted", "").strip():
            self.add_error("file", gettext("Choisissez un fichier, ou collez votre liste."))
        return data

    def content(self) -> tuple[str, bytes]:
        """Name and bytes of the list."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None:
            return str(file.name), file.read()
        return str(PASTED_NAME), self.cleaned_data["pasted"].encode()


class ColumnsForm(forms.Form):
    """Which column of the list holds what, chosen among those of its header."""

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [
            (str(place), cell or gettext("colonne %d") % (place + 1))
            for place, cell in enumerate(batch.header)
            if place in batch.kept_columns
        ]
        places = proposed(batch.header) | batch.places if batch.questions else batch.places
        for name, label in LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _("aucune")), *options],
                required=False,
                initial=str(places.get(name, "")),
            )

    def clean(self) -> dict[str, Any]:
        chosen = [place for place in self.cleaned_data.values() if place]
        if len(chosen) != len(set(chosen)):
            raise ValidationError(gettext("Une même colonne est choisie deux fois."))
        if not self.cleaned_data.get("email"):
            self.add_error("email", gettext("Dites où sont les adresses courriel."))
        if not (self.cleaned_data.get("last_name") or self.cleaned_data.get("full_name")):
            self.add_error("last_name", gettext("Dites où sont les noms."))
        return self.cleaned_data

    def places(self) -> dict[str, int]:
        return {name: int(place) for name, place in self.cleaned_data.items() if place}


class StartForm(forms.Form):
    writes = forms.BooleanField(
        label=_("Écrire aux nouvelles personnes, pour leur dire comment se connecter"),
        required=False,
    )
