"""Input of the page where ATN brings the registry up to date."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.forms.mandates import day_field

# The published file weighs about 1.1 MB.
LARGEST = 20_000_000


class ReadingForm(forms.Form):
    file = forms.FileField(
        label=_("Fichier du Répertoire (MUN.csv)"),
        help_text=_("Tel que le ministère le publie sur Données Québec; 20 Mo au plus."),
        widget=forms.FileInput({"accept": ".csv,.txt"}),
        error_messages={
            "required": _("Choisissez le fichier."),
            "empty": _("Ce fichier est vide."),
        },
    )
    on = day_field(label=_("Date du fichier"))

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise ValidationError(
                gettext("Ce fichier dépasse 20 Mo : ce n’est pas le Répertoire.")
            )
        return file


class ApplyForm(forms.Form):
    """The second step: which file was looked at, of which day, and whether a loss is meant."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    on = day_field()
    force = forms.BooleanField(
        label=_("Oui, plus de 3 % des municipalités disparaissent"), required=False
    )
