"""Accounts that were united: the list, and the way to decide it for somebody."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from atn_platform.accounts.models import User
from atn_platform.core.admin import ListAdmin
from atn_platform.merging import actions
from atn_platform.merging.forms import DecisionForm
from atn_platform.merging.models import Merge


@admin.register(Merge)
class MergeAdmin(ListAdmin):
    """Adding leads to the page that shows both accounts, where the last yes is said."""

    form = DecisionForm
    fields = ("kept_account", "absorbed_account", "reason")
    list_display = ("absorbed", "kept", "asked_by", "made_at", "undone_at", "reason")
    list_select_related = ("absorbed", "kept", "asked_by")
    search_fields = ("kept__sort_key", "absorbed__sort_key")
    ordering = ("-asked_at",)

    def has_change_permission(self, request: HttpRequest, obj: Merge | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Merge | None = None) -> Any:
        return self.fields if obj is None else self.list_display

    def save_model(self, request: HttpRequest, obj: Merge, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        decided = actions.decide(
            kept=typed["kept_account"],
            absorbed=typed["absorbed_account"],
            reason=typed["reason"],
            by=cast("User", request.user),
            at=timezone.now(),
        )
        obj.pk, obj.uuid = decided.pk, decided.uuid
        obj.kept, obj.absorbed = decided.kept, decided.absorbed

    def response_add(
        self, request: HttpRequest, obj: Merge, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("merging:merge", args=[obj.uuid]))
