"""The recording that an author sends for a lesson."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from courses.actions import media
from courses.actions.listening import SUFFIXES


class RecordingForm(forms.Form):
    # The words that the page showed: those that the recording is taken to say.
    words = forms.CharField(max_length=64, widget=forms.HiddenInput)
    recording = forms.FileField(
        label=_("Enregistrement"),
        help_text=_("MP3, M4A ou Opus, 60 Mo au plus. Une voix seule passe à 24 kbit/s."),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={
            "required": _("Choisissez l’enregistrement à envoyer."),
            "empty": _("Ce fichier est vide : choisissez l’enregistrement à envoyer."),
        },
    )

    def clean_recording(self) -> Any:
        file: UploadedFile = self.cleaned_data["recording"]
        if (file.size or 0) > media.LARGEST:
            raise forms.ValidationError(_("Ce fichier dépasse 60 Mo."))
        if PurePath(str(file.name)).suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("Un enregistrement est un fichier MP3, M4A ou Opus."))
        return file
