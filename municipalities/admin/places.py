"""The territory and its people, for ATN: read here, and changed by actions."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Now, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import french
from atn_platform.core.admin import ListAdmin, ReadOnlyAdmin, StateFilter, confirmed, own_page
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from municipalities.actions import languages, mandates, readings, territory
from municipalities.enums import STRATA, Kind
from municipalities.forms import ResponsibilityForm, SuccessorForm
from municipalities.forms.readings import ApplyForm, ReadingForm
from municipalities.models import (
    Mandate,
    Organisation,
    Region,
    RegistryImport,
    Responsibility,
    TerritorialEvent,
)
from municipalities.registry import ATTRIBUTION


class TerritoryStateFilter(StateFilter):
    title = _("état")
    states = (
        ("actives", _("au répertoire"), Q(inactive_on__isnull=True)),
        (
            "a-relier",
            _("disparues, successeur à nommer"),
            Q(inactive_on__isnull=False, successor__isnull=True),
        ),
        ("reliees", _("disparues, successeur nommé"), Q(successor__isnull=False)),
    )


class StratumFilter(admin.SimpleListFilter):
    """The nine strata of population, in inhabitants."""

    title = _("population")
    parameter_name = "strate"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        bounds = [french.number(bound) for bound in STRATA]
        tops = [french.number(bound - 1) for bound in STRATA[1:]]
        first = str(_("moins de %s")) % bounds[1]
        middle = [
            str(_("%(low)s à %(high)s")) % {"low": low, "high": high}
            for low, high in zip(bounds[1:-1], tops[1:], strict=True)
        ]
        last = str(_("%s et plus")) % bounds[-1]
        return [(str(rank), words) for rank, words in enumerate([first, *middle, last], 1)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Organisation]
    ) -> QuerySet[Organisation]:
        wanted = whole(self.value() or "")
        return queryset if wanted is None else queryset.filter(stratum=wanted)


@admin.register(Organisation)
class OrganisationAdmin(ListAdmin):
    """Municipalities and MRCs follow the registry; other organisations are written here."""

    change_list_template = "admin/municipalities/organisation/change_list.html"
    list_display = (
        "name", "code", "designation", "region", "mrc_name", "population", "seats", "state",
    )  # fmt: skip
    list_select_related = ("region", "mrc", "successor")
    list_filter = (TerritoryStateFilter, "kind", StratumFilter, "region")
    # Only so that the box is shown: get_search_results decides.
    search_fields = ("search_key",)
    search_help_text = _("Nom ou code; les accents, les traits d’union et « st » comptent peu.")
    ordering = ("sort_key",)
    list_per_page = 50
    actions = ("name_successor",)
    fields = ("kind", "code", "name", "official_name", "region", "time_zone", "official_email",
              "website", "is_recognised")  # fmt: skip

    @admin.display(description="MRC", ordering="mrc__sort_key")
    def mrc_name(self, obj: Organisation) -> str:
        return obj.mrc_label if obj.kind == Kind.MUNICIPALITY else ""

    @admin.display(description=_("sièges"))
    def seats(self, obj: Organisation) -> str:
        """Filled seats of all seats."""
        return f"{obj.seats_filled} / {obj.seats_filled + obj.seats_vacant}"

    @admin.display(description=_("état"), ordering="inactive_on")
    def state(self, obj: Organisation) -> str:
        if obj.inactive_on is None:
            return ""
        if obj.successor is None:
            return str(_("successeur à nommer"))
        return f"→ {obj.successor}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organisation], search_term: str
    ) -> tuple[QuerySet[Organisation], bool]:
        typed = search_term.strip()
        if not typed:
            return queryset, False
        if typed.isdigit():
            return queryset.filter(code__startswith=typed), False
        return queryset & Organisation.objects.matching(typed), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        last = RegistryImport.objects.order_by("-reference_date", "-pk").first()
        source = {"attribution": ATTRIBUTION, "reference_date": last and last.reference_date}
        return super().changelist_view(request, {**(extra_context or {}), **source})

    def get_readonly_fields(
        self, request: HttpRequest, obj: Organisation | None = None
    ) -> tuple[str, ...]:
        if obj is None or obj.kind == Kind.OTHER:
            return ("kind", "code")
        return tuple(name for name in self.fields if name != "is_recognised")

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        if not change:
            obj.kind = Kind.OTHER
        # What follows for its people is an act of its own, in the journal.
        recognised = form.cleaned_data["is_recognised"]
        obj.is_recognised = form.initial.get("is_recognised", False)
        super().save_model(request, obj, form, change)
        languages.recognise(
            organisation=obj,
            recognised=recognised,
            by=cast("User", request.user),
            at=timezone.now(),
        )

    @admin.action(description=_("Nommer le successeur"), permissions=["change"])
    def name_successor(
        self, request: HttpRequest, queryset: QuerySet[Organisation]
    ) -> TemplateResponse | None:
        """Ask who takes over the places ticked in the list, then say so for each."""
        places = list(queryset.order_by("sort_key"))
        form = SuccessorForm(
            request.POST if "apply" in request.POST else None,
            places=places,
            on=timezone.localdate(),
        )
        if form.is_bound and form.is_valid():
            self._name(request, places, form)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Nommer le successeur"),
            "opts": self.model._meta,
            "places": places,
            "form": form,
        }
        return TemplateResponse(
            request, "admin/municipalities/organisation/name_successor.html", context
        )

    def _name(self, request: HttpRequest, places: list[Organisation], form: SuccessorForm) -> None:
        successor = form.cleaned_data["successor"]
        for place in places:
            try:
                territory.name_successor(
                    merger=territory.Merger(
                        organisation_id=place.pk,
                        successor_id=successor.pk,
                        on=form.cleaned_data["on"],
                        regranted={row.pk for row in form.cleaned_data.get("regranted", ())},
                    ),
                    by=cast("User", request.user),  # the admin is for people signed in
                    at=timezone.now(),
                )
            except ActionError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                words = _("%(successor)s succède à %(name)s.")
                named = {"successor": successor.official_name, "name": place.name}
                self.message_user(request, words % named, messages.SUCCESS)


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    list_display = ("name", "code")
    ordering = ("sort_key",)


@admin.register(RegistryImport)
class RegistryImportAdmin(ReadOnlyAdmin):
    """What was read, and the page that reads one more file: look first, then apply."""

    change_list_template = "admin/municipalities/registryimport/change_list.html"
    list_display = ("reference_date", "imported_at", "in_scope", "created", "vanished", "sha256")
    ordering = ("-pk",)

    @admin.display(description=_("municipalités"))
    def in_scope(self, obj: RegistryImport) -> Any:
        return obj.counts.get("in_scope")

    @admin.display(description=_("créées"))
    def created(self, obj: RegistryImport) -> Any:
        return obj.counts.get("created")

    @admin.display(description=_("disparues"))
    def vanished(self, obj: RegistryImport) -> Any:
        return obj.counts.get("vanished")

    def get_urls(self) -> list[URLPattern]:
        page = path("lire/", own_page(self, self.read), name="municipalities_read_registry")
        return [page, *super().get_urls()]

    def read(self, request: HttpRequest) -> HttpResponse:
        """Hand a file in, see what it would change, then apply it."""
        if "apply" in request.POST and self._apply(request):
            return redirect("admin:municipalities_registryimport_changelist")
        looked = "look" in request.POST
        form = ReadingForm(initial={"on": timezone.localdate()})
        if looked:
            form = ReadingForm(request.POST, request.FILES)
        preview = self._preview(form) if looked and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Mettre le Répertoire à jour"),
            "opts": self.opts,
            "form": form,
            "preview": preview,
        }
        template = "admin/municipalities/registryimport/read.html"
        return TemplateResponse(request, template, context, status=422 if form.errors else 200)

    def _preview(self, form: ReadingForm) -> readings.Preview | None:
        sha256 = readings.keep(form.cleaned_data["file"].read())
        try:
            return readings.preview(sha256=sha256, on=form.cleaned_data["on"], at=timezone.now())
        except ActionError as error:
            form.add_error("file", str(error))
            return None

    def _apply(self, request: HttpRequest) -> bool:
        form = ApplyForm(request.POST)
        if not form.is_valid():
            return False
        by = cast("User", request.user)
        try:
            readings.apply(**form.cleaned_data, by=by, at=timezone.now())
        except ActionError as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        self.message_user(request, _("Le Répertoire est à jour."), messages.SUCCESS)
        return True


@admin.register(TerritorialEvent)
class TerritorialEventAdmin(ReadOnlyAdmin):
    list_display = ("on", "organisation", "change", "before", "after")
    list_filter = ("change",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__search_key", "organisation__code")
    ordering = ("-on", "organisation__sort_key")


# The day of the database, read when the list is.
NOT_OVER = Q(ends_on__isnull=True) | Q(ends_on__gte=TruncDate(Now()))


class InForceFilter(StateFilter):
    title = _("état")
    states = (
        ("en-cours", _("en cours"), NOT_OVER),
        ("termines", _("terminés"), Q(ends_on__lt=TruncDate(Now()))),
    )


@admin.register(Mandate)
class MandateAdmin(ListAdmin):
    """In what capacity people belong to organisations. Invitations open them; one may be ended."""

    list_display = ("user", "organisation", "public", "function", "starts_on", "ends_on")
    list_select_related = ("user", "organisation")
    list_filter = (InForceFilter, "public", "organisation__region")
    search_fields = (
        "user__sort_key", "user__email", "organisation__search_key", "organisation__code",
    )  # fmt: skip
    ordering = ("-starts_on", "-pk")
    actions = ("end",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Mandate | None = None) -> bool:
        # Asked without an object for the actions of the list.
        return obj is None and super().has_change_permission(request, obj)

    @admin.action(description=_("Terminer aujourd’hui"), permissions=["change"])
    def end(self, request: HttpRequest, rows: QuerySet[Mandate]) -> TemplateResponse | None:
        by, at, today = cast("User", request.user), timezone.now(), timezone.localdate()

        def end(mandate: Mandate) -> Mandate:
            return mandates.end_mandate(mandate_id=mandate.pk, on=today, by=by, at=at)

        return confirmed(
            self, request, rows.filter(NOT_OVER, starts_on__lte=today), end,
            action="end",
            title=_("Terminer ces mandats aujourd’hui"),
            effect=_("Les comptes, les cours et les attestations restent aux personnes."),
            done=_("Mandat terminé : %s."),
        )  # fmt: skip


@admin.register(Responsibility)
class ResponsibilityAdmin(ListAdmin):
    """Who answers for the training of an organisation: named here, and ended from the list."""

    form = ResponsibilityForm
    fields = ("person", "place")
    list_display = ("user", "organisation", "starts_on", "ends_on", "granted_by")
    list_select_related = ("user", "organisation", "granted_by")
    list_filter = (InForceFilter, "organisation__region")
    search_fields = (
        "user__sort_key", "user__email", "organisation__search_key", "organisation__code",
    )  # fmt: skip
    ordering = ("-starts_on", "-pk")
    actions = ("end",)

    def has_change_permission(
        self, request: HttpRequest, obj: Responsibility | None = None
    ) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Responsibility | None = None) -> Any:
        return self.fields if obj is None else self.list_display

    def save_model(
        self, request: HttpRequest, obj: Responsibility, form: Any, change: bool
    ) -> None:
        obj.pk = mandates.name_responsible(
            user=form.cleaned_data["person"],
            organisation=form.cleaned_data["place"],
            on=timezone.localdate(),
            by=cast("User", request.user),
            at=timezone.now(),
        ).pk
        obj.user, obj.organisation = form.cleaned_data["person"], form.cleaned_data["place"]

    @admin.action(description=_("Terminer aujourd’hui"), permissions=["change"])
    def end(self, request: HttpRequest, rows: QuerySet[Responsibility]) -> TemplateResponse | None:
        by, at, today = cast("User", request.user), timezone.now(), timezone.localdate()

        def end(row: Responsibility) -> Responsibility:
            return mandates.end_responsibility(responsibility_id=row.pk, on=today, by=by, at=at)

        return confirmed(
            self, request, rows.filter(Q(ends_on=None) | Q(ends_on__gt=today)), end,
            action="end",
            title=_("Terminer ces responsabilités aujourd’hui"),
            effect=_("Les invitations déjà envoyées restent bonnes. "
                     "Nommez quelqu’un d’autre si plus personne ne répond de l’organisation."),
            done=_("Responsabilité terminée : %s."),
        )  # fmt: skip
