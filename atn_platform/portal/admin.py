"""Who waits for a call, for ATN."""

from typing import cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.admin import ReadOnlyAdmin, StateFilter, confirmed
from atn_platform.portal import actions
from atn_platform.portal.models import CallBack


class CallBackStateFilter(StateFilter):
    title = _("état")
    states = (
        ("a-rappeler", _("à rappeler"), Q(handled_at__isnull=True)),
        ("rappelees", _("rappelées"), Q(handled_at__isnull=False)),
    )


@admin.register(CallBack)
class CallBackAdmin(ReadOnlyAdmin):
    """The oldest that waits first; marked once the person was called."""

    list_display = ("asked_at", "name", "phone", "moment", "about", "person", "handled_at")
    list_select_related = ("person",)
    list_filter = (CallBackStateFilter,)
    search_fields = ("name", "phone", "person__email")
    ordering = ("handled_at", "asked_at")
    actions = ("called",)

    @admin.action(description=_("Marquer comme rappelées"), permissions=["view"])
    def called(self, request: HttpRequest, rows: QuerySet[CallBack]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows.filter(handled_at=None),
            lambda row: actions.mark_called(call_back_id=row.pk, by=by, at=at),
            action="called",
            title=_("Marquer ces demandes comme rappelées"),
            effect=_("Elles quittent la liste de qui attend un appel."),
            done=_("Rappel noté : %s."),
        )  # fmt: skip
