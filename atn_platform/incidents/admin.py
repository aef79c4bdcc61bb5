"""The register, for ATN: read, add, export. There is no way to change or to delete."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.admin import ReadOnlyAdmin, own_page
from atn_platform.core.exceptions import ActionError
from atn_platform.core.spreadsheets import CONTENT_TYPES
from atn_platform.incidents import actions, exports
from atn_platform.incidents.enums import Element
from atn_platform.incidents.forms import FIELDS, IncidentForm
from atn_platform.incidents.models import Incident


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    change_list_template = "admin/incidents/change_list.html"
    list_display = ("__str__", "circumstances", "known_on", "people", "risk", "left")
    ordering = ("-pk",)
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        return super().get_queryset(request).prefetch_related("entries__written_by")

    @admin.display(description=_("circonstances"))
    def circumstances(self, obj: Incident) -> str:
        return Truncator(exports.words(obj.latest, Element.CIRCUMSTANCES)).chars(80)

    @admin.display(description=_("connu"))
    def known_on(self, obj: Incident) -> str:
        return exports.words(obj.latest, Element.AWARENESS)

    @admin.display(description=_("personnes"))
    def people(self, obj: Incident) -> str:
        return exports.words(obj.latest, Element.PEOPLE)

    @admin.display(description=_("risque sérieux"), boolean=True)
    def risk(self, obj: Incident) -> bool | None:
        return obj.latest.is_serious

    @admin.display(description=_("pas encore connus"))
    def left(self, obj: Incident) -> str:
        return ", ".join(str(Element(each).label) for each in obj.latest.unknown)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("inscrire/", own_page(self, self.register), name="incidents_register"),
            path("registre.xlsx", own_page(self, self.export), name="incidents_export"),
            path("<int:pk>/ecrire/", own_page(self, self.write), name="incidents_write"),
            path("<int:pk>/change/", own_page(self, self.read), name="incidents_incident_change"),
            *super().get_urls(),
        ]

    def read(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is known now, then every entry below it."""
        incident = get_object_or_404(self.get_queryset(request), pk=pk)
        entries = [(entry, exports.known(entry)) for entry in incident.entries.all()]
        context = {"incident": incident, "entries": entries, "latest": incident.latest}
        return self._page(request, "admin/incidents/incident.html", str(incident), context)

    def register(self, request: HttpRequest) -> HttpResponse:
        form = IncidentForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            incident = actions.register(
                elements=_elements(form), by=cast("User", request.user), at=timezone.now()
            )
            self.message_user(request, _("L’incident est inscrit au registre."), messages.SUCCESS)
            return redirect("admin:incidents_incident_change", incident.pk)
        return self._form(request, form, _("Inscrire un incident"))

    def write(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A correction or a sequel: the form holds what is known, and becomes one more entry."""
        incident = get_object_or_404(self.get_queryset(request), pk=pk)
        latest = incident.latest
        form = IncidentForm(
            request.POST if request.method == "POST" else None,
            instance=latest,
            initial={"after": latest.position},
        )
        if form.is_valid():
            try:
                actions.write(
                    incident_id=pk,
                    after=form.cleaned_data["after"] or 0,
                    elements=_elements(form),
                    by=cast("User", request.user),
                    at=timezone.now(),
                )
            except ActionError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("L’écriture est ajoutée."), messages.SUCCESS)
                return redirect("admin:incidents_incident_change", pk)
        return self._form(request, form, _("Ajouter une écriture"))

    def export(self, request: HttpRequest) -> HttpResponse:
        """The whole register as one file for the Commission; taking it is journalled."""
        now = timezone.now()
        actions.log_export(by=cast("User", request.user), at=now)
        answer = HttpResponse(
            exports.register(self.get_queryset(request).order_by("pk"), at=now),
            content_type=CONTENT_TYPES["xlsx"],
        )
        name = exports.filename(timezone.localdate())
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _form(self, request: HttpRequest, form: IncidentForm, title: Any) -> HttpResponse:
        return self._page(request, "admin/incidents/write.html", title, {"form": form})

    def _page(
        self, request: HttpRequest, template: str, title: Any, context: dict[str, Any]
    ) -> HttpResponse:
        site = self.admin_site.each_context(request)
        facts = {**site, "title": title, "opts": self.opts, **context}
        status = 422 if "form" in facts and facts["form"].errors else 200
        return TemplateResponse(request, template, facts, status=status)


def _elements(form: IncidentForm) -> dict[str, Any]:
    names = [name for fields in FIELDS.values() for name in fields]
    return {name: form.cleaned_data[name] for name in [*names, "unknown"]}
