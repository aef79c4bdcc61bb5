"""Who asks to answer for an organisation."""

from typing import cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.admin import ReadOnlyAdmin, StateFilter, confirmed
from municipalities.actions import claims
from municipalities.models import Claim


class ClaimStateFilter(StateFilter):
    title = _("état")
    states = (
        (
            "a-decider",
            _("à décider"),
            Q(code_hash="", accepted_at__isnull=True, refused_at__isnull=True),
        ),
        ("acceptees", _("acceptées"), Q(accepted_at__isnull=False, undone_at=None)),
        ("retirees", _("retirées"), Q(undone_at__isnull=False)),
        ("refusees", _("refusées"), Q(refused_at__isnull=False)),
    )


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Who asks to answer for an organisation; ATN decides where nobody else can."""

    list_display = ("full_name", "organisation", "email", "function", "asked_at", "sent_to")
    list_select_related = ("organisation",)
    list_filter = (ClaimStateFilter,)
    search_fields = ("last_name", "email", "organisation__search_key", "organisation__code")
    ordering = ("-asked_at", "-pk")
    exclude = ("code_hash", "own_code_hash")
    actions = ("grant", "refuse")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return super().has_view_permission(request)

    @admin.action(description=_("Accepter"), permissions=["decide"])
    def grant(self, request: HttpRequest, rows: QuerySet[Claim]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows.filter(pk__in=Claim.objects.waiting()),
            lambda row: claims.grant(claim_id=row.pk, by=by, at=at),
            action="grant",
            title=_("Accepter ces demandes"),
            effect=_("Vérifiez par téléphone, au numéro du répertoire. Chaque personne reçoit une "
                     "lettre, et devient responsable en l’acceptant, ou tout de suite si elle a "
                     "déjà un mandat là."),
            done=_("Demande acceptée : %s."),
        )  # fmt: skip

    @admin.action(description=_("Refuser"), permissions=["decide"])
    def refuse(self, request: HttpRequest, rows: QuerySet[Claim]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows.filter(pk__in=Claim.objects.waiting()),
            lambda row: claims.refuse(claim_id=row.pk, reason="", by=by, at=at),
            action="refuse",
            title=_("Refuser ces demandes"),
            effect=_("Chaque personne reçoit une lettre qui le lui dit."),
            done=_("Demande refusée : %s."),
        )  # fmt: skip
