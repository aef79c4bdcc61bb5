"""Certificates, for ATN: facts are read, and two gestures, both confirmed and journalled."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from atn_platform.audit.models import Entry
from atn_platform.core import french
from atn_platform.core.admin import ReadOnlyAdmin
from certificates import actions, queries
from certificates.forms import ReissueForm, RevokeForm
from certificates.models import Certificate
from certificates.permissions import can_administer

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from atn_platform.accounts.models import User

STATES = {
    "valides": Q(revoked_at__isnull=True, file__isnull=False),
    "revoquees": Q(revoked_at__isnull=False),
    "en-preparation": Q(file__isnull=True),
    "en-echec": Q(file__isnull=True, failures__gt=0),
}
VERBS = {"certificate.revoked": _("révocation"), "certificate.reissued": _("remplacement")}


class StateFilter(admin.SimpleListFilter):
    title = _("état")
    parameter_name = "etat"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, "str | StrPromise"]]:
        return [
            ("valides", _("valides")),
            ("revoquees", _("révoquées")),
            ("en-preparation", _("en préparation")),
            ("en-echec", _("en échec")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Certificate]
    ) -> QuerySet[Certificate]:
        return queryset.filter(STATES.get(self.value() or "", Q()))


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    """Nothing here is typed over: a certificate is revoked, or replaced by a corrected one."""

    change_list_template = "admin/certificates/certificate/change_list.html"
    change_form_template = "admin/certificates/certificate/change_form.html"
    list_display = ("number", "person", "course", "issued_at", "state")
    list_filter = (StateFilter, "issued_at", "enrollment__course")
    search_fields = ("number", "code", "facts__name", "enrollment__learner__email")
    search_help_text = _("Numéro, code de vérification, nom imprimé ou adresse courriel.")
    ordering = ("-issued_at", "-pk")
    list_per_page = 50
    actions = ("revoke", "reissue")
    fields = ("number", "state", "code", "issued_at", "printed", "file_hash", "revoked_at",
              "revocation_reason", "before", "after", "failures", "last_error",
              "journal")  # fmt: skip
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can_administer(cast("User", request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        return Certificate.objects.with_states().select_related("enrollment")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        late = queries.late(before=timezone.now() - queries.PATIENCE)
        return super().changelist_view(request, {**(extra_context or {}), "late": late})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {**(extra_context or {}), "title": _("Attestation")}
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=_("personne"), ordering="facts__name")
    def person(self, obj: Certificate) -> str:
        return str(obj.facts["name"] or _("(effacée)"))

    @admin.display(description=_("cours"), ordering="facts__course_code")
    def course(self, obj: Certificate) -> str:
        return f"{obj.facts['course_code']}, v{obj.facts['version']}"

    @admin.display(description=_("état"))
    def state(self, obj: Certificate) -> str:
        if obj.revoked_at is not None:
            return f"{_('révoquée')}, {obj.get_revocation_reason_display()}"
        if obj.pdf is None:
            return str(_("en échec") if obj.failures else _("en préparation"))
        return str(_("valide"))

    @admin.display(description=_("faits imprimés"))
    def printed(self, obj: Certificate) -> SafeString:
        return _list(f"{label} : {said}" for label, said in queries.in_words(obj.facts).items())

    @admin.display(description=_("empreinte du PDF"))
    def file_hash(self, obj: Certificate) -> str:
        return obj.pdf.sha256 if obj.pdf else ""

    @admin.display(description=_("remplace"))
    def before(self, obj: Certificate) -> str:
        return str(obj.supersedes or "")

    @admin.display(description=_("remplacée par"))
    def after(self, obj: Certificate) -> str:
        return str(obj.successor or "")

    @admin.display(description=_("journal"))
    def journal(self, obj: Certificate) -> SafeString:
        entries = Entry.objects.filter(target=obj.number, verb__in=VERBS)
        return _list(
            " · ".join(
                filter(None, (french.day(timezone.localtime(entry.at)), str(entry.actor),
                              str(VERBS[entry.verb]), entry.details.get("note")))
            )
            for entry in entries.select_related("actor").order_by("at")
        )  # fmt: skip

    @admin.action(description=_("Révoquer"), permissions=["view"])
    def revoke(
        self, request: HttpRequest, queryset: QuerySet[Certificate]
    ) -> TemplateResponse | None:
        """Ask why, for the certificates ticked that are still valid; then do it."""
        chosen = list(queryset.filter(revoked_at__isnull=True))
        form = RevokeForm(request.POST if "apply" in request.POST else None)
        if chosen and not (form.is_bound and form.is_valid()):
            return self._ask(request, "revoke", _("Révoquer des attestations"), chosen, form)
        for certificate in chosen:
            actions.revoke(
                certificate_id=certificate.pk, by=cast("User", request.user), at=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        self._tell(request, _("Révoquées : %s."), [each.number for each in chosen])
        return None

    @admin.action(description=_("Réémettre, corrigée"), permissions=["view"])
    def reissue(
        self, request: HttpRequest, queryset: QuerySet[Certificate]
    ) -> TemplateResponse | None:
        """Show what would change, for the certificates ticked that none replaces; then do it."""
        chosen = list(queryset.filter(superseded_by__isnull=True))
        form = ReissueForm(request.POST if "apply" in request.POST else None)
        if chosen and not (form.is_bound and form.is_valid()):
            return self._ask(request, "reissue", _("Réémettre des attestations"), chosen, form)
        made = [
            actions.reissue(
                certificate_id=certificate.pk, by=cast("User", request.user), at=timezone.now(),
                **form.cleaned_data,
            )
            for certificate in chosen
        ]  # fmt: skip
        self._tell(request, _("Réémises : %s."), [each.number for each in made])
        return None

    def _ask(
        self, request: HttpRequest, name: str, title: "StrPromise", chosen: list[Certificate],
        form: RevokeForm | ReissueForm,
    ) -> TemplateResponse:  # fmt: skip
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "name": name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "rows": [(each, queries.changes_since(each)) for each in chosen],
            "form": form,
        }
        return TemplateResponse(request, "admin/certificates/certificate/confirm.html", context)

    def _tell(self, request: HttpRequest, words: "StrPromise", numbers: list[str]) -> None:
        if numbers:
            self.message_user(request, words % ", ".join(numbers), messages.SUCCESS)
        else:
            nothing = _("Rien à faire : elles sont déjà révoquées ou remplacées.")
            self.message_user(request, nothing, messages.WARNING)


def _list(lines: Iterable[str]) -> SafeString:
    return format_html(
        "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))
    )
