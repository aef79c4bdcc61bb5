"""What is past its time, for ATN to approve; and the people whose data must wait."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.admin import ListAdmin, ReadOnlyAdmin, confirmed, own_page
from atn_platform.core.exceptions import ActionError
from atn_platform.core.queueing import after_commit
from atn_platform.retention import actions
from atn_platform.retention.forms import HoldForm
from atn_platform.retention.models import LegalHold, RetentionRun
from atn_platform.retention.queries.rules import rows_of
from atn_platform.retention.tasks import carry_out


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "proposed_at", "total", "approved_by", "done_at")
    list_select_related = ("approved_by",)
    ordering = ("-pk",)
    list_per_page = 50

    @admin.display(description=_("lignes proposées"))
    def total(self, obj: RetentionRun) -> int:
        return obj.total

    def get_urls(self) -> list[URLPattern]:
        read, approve = own_page(self, self.read), own_page(self, self.approve)
        return [
            path("<int:pk>/change/", read, name="retention_retentionrun_change"),
            path("<int:pk>/approuver/", approve, name="retention_approve"),
            *super().get_urls(),
        ]

    def read(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Each rule, its period, and how many rows it would take or took."""
        run = get_object_or_404(self.get_queryset(request), pk=pk)
        newer = RetentionRun.objects.filter(pk__gt=pk).exists()
        context = {
            **self.admin_site.each_context(request),
            "title": str(run),
            "opts": self.opts,
            "run": run,
            "rows": rows_of(run.gone if run.done_at else run.proposed),
            "is_open": run.approved_at is None and not newer,
        }
        return TemplateResponse(request, "admin/retention/run.html", context)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            try:
                actions.approve(run_id=pk, by=cast("User", request.user), at=timezone.now())
            except ActionError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                after_commit(carry_out, run_id=pk)
                words = _(
                    "C’est approuvé : l’effacement commence, et cette page dira ce qui est parti."
                )
                self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:retention_retentionrun_change", pk)


@admin.register(LegalHold)
class LegalHoldAdmin(ListAdmin):
    form = HoldForm
    fields = ("person", "reason")
    list_display = ("user", "reason", "placed_at", "placed_by", "lifted_at")
    list_select_related = ("user", "placed_by")
    ordering = ("-placed_at",)
    actions = ("lift",)

    def has_change_permission(self, request: HttpRequest, obj: LegalHold | None = None) -> bool:
        # Asked without an object for the actions of the list.
        return obj is None and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> Any:
        return self.fields if obj is None else self.list_display

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        placed = actions.hold(
            user=form.cleaned_data["person"],
            reason=form.cleaned_data["reason"],
            by=cast("User", request.user),
            at=timezone.now(),
        )
        obj.pk, obj.user = placed.pk, placed.user

    @admin.action(description=_("Lever la retenue"), permissions=["change"])
    def lift(self, request: HttpRequest, rows: QuerySet[LegalHold]) -> TemplateResponse | None:
        by, at = cast("User", request.user), timezone.now()
        return confirmed(
            self, request, rows.filter(lifted_at=None),
            lambda placed: actions.lift(hold_id=placed.pk, by=by, at=at),
            action="lift",
            title=_("Lever la retenue"),
            effect=_("Le temps passe de nouveau : ce qui a dépassé sa durée sera proposé."),
            done=_("La retenue est levée : %s."),
        )  # fmt: skip
