"""The territory, for ATN: the registry writes it, and one action names successors."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.core.exceptions import ActionError
from municipalities.actions import territory
from municipalities.enums import Kind
from municipalities.forms import SuccessorForm
from municipalities.models import Organisation, Region, RegistryImport, TerritorialEvent
from municipalities.registry import ATTRIBUTION

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from atn_platform.accounts.models import User


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only a reading of the registry writes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StateFilter(admin.SimpleListFilter):
    title = _("état")
    parameter_name = "etat"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, "str | StrPromise"]]:
        return [
            ("actives", _("au répertoire")),
            ("a-relier", _("disparues, successeur à nommer")),
            ("reliees", _("disparues, successeur nommé")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Organisation]
    ) -> QuerySet[Organisation]:
        states = {
            "actives": Q(inactive_on__isnull=True),
            "a-relier": Q(inactive_on__isnull=False, successor__isnull=True),
            "reliees": Q(successor__isnull=False),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Municipalities and MRCs follow the registry; other organisations are written here."""

    change_list_template = "admin/municipalities/organisation/change_list.html"
    list_display = (
        "name", "code", "designation", "region", "mrc_name", "population", "seats", "state",
    )  # fmt: skip
    list_select_related = ("region", "mrc", "successor")
    list_filter = (StateFilter, "kind", "stratum", "region")
    # Only so that the box is shown: get_search_results decides.
    search_fields = ("search_key",)
    search_help_text = _("Nom ou code; les accents, les traits d’union et « st » comptent peu.")
    ordering = ("sort_key",)
    show_full_result_count = False
    list_per_page = 50
    actions = ("name_successor",)
    fields = ("kind", "code", "name", "official_name", "region", "time_zone", "official_email",
              "website")  # fmt: skip

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
        return self.fields if obj is not None and obj.kind != Kind.OTHER else ("kind", "code")

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        if not change:
            obj.kind = Kind.OTHER
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        return False

    @admin.action(description=_("Nommer le successeur"), permissions=["change"])
    def name_successor(
        self, request: HttpRequest, queryset: QuerySet[Organisation]
    ) -> TemplateResponse | None:
        """Ask who takes over the places ticked in the list, then say so for each."""
        places = list(queryset.order_by("sort_key"))
        form = SuccessorForm(request.POST if "apply" in request.POST else None)
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
                    organisation_id=place.pk,
                    successor_id=successor.pk,
                    on=form.cleaned_data["on"],
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


@admin.register(TerritorialEvent)
class TerritorialEventAdmin(ReadOnlyAdmin):
    list_display = ("on", "organisation", "change", "before", "after")
    list_filter = ("change",)
    list_select_related = ("organisation",)
    search_fields = ("organisation__search_key", "organisation__code")
    ordering = ("-on", "organisation__sort_key")
