"""The form of a scenario of departure."""

from django import forms
from django.core.exceptions import ValidationError

from courses.folder.positioning import read_positioning
from courses.models import PositioningScenario
from courses.yaml_source import Source


class ScenarioForm(forms.ModelForm):
    class Meta:
        model = PositioningScenario
        fields = ("source",)
        widgets = {"source": forms.Textarea({"rows": 40, "spellcheck": "true"})}

    def clean_source(self) -> str:
        text: str = self.cleaned_data["source"].replace("\r\n", "\n")
        source = Source("texte")
        document = read_positioning(source, text)
        if not source.problems and document["public"] != self.instance.public:
            source.complain(("public",), str(self.instance.get_public_display()))
        if source.problems:
            raise ValidationError([str(each) for each in sorted(source.problems)])
        return text
