"""What the administration's pages share: rows to read, rows to confirm, lists by state."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from atn_platform.core.exceptions import ActionError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Forty links before each list, for a keyboard, and a quarter of the width: the index has them.
admin.site.enable_nav_sidebar = False


class ListAdmin(admin.ModelAdmin):
    """A list named after what it holds; nothing is deleted, for the past is kept."""

    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only filters that the list offers: Django lets any field of the row be guessed at."""
        offered = {self.date_hierarchy} if self.date_hierarchy else set()
        for each in self.list_filter:
            name = each[0] if isinstance(each, tuple) else each
            offered.add(name if isinstance(name, str) else getattr(name, "parameter_name", ""))
        asked = any(lookup == name or lookup.startswith(f"{name}__") for name in offered)
        return asked and super().lookup_allowed(lookup, value, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Named after its row: Django’s « Modification de organisation » elides nothing."""
        named = self.opts.verbose_name
        title = capfirst(named) if object_id else str(_("Ajouter : %s")) % named
        context = {"title": title, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ListAdmin):
    """Rows that no person writes here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def own_page(model_admin: admin.ModelAdmin, view: Callable[..., HttpResponse]) -> Any:
    """A page of ours among a model's: for whoever may see the model, not for all of the staff."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return model_admin.admin_site.admin_view(guarded)


class StateFilter(admin.SimpleListFilter):
    """Rows by state. A subclass gives `states`: address, words, condition."""

    parameter_name = "etat"
    states: tuple[tuple[str, "str | StrPromise", Q], ...] = ()

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, "str | StrPromise"]]:
        return [(address, words) for address, words, _condition in self.states]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {address: condition for address, _words, condition in self.states}
        return queryset.filter(conditions.get(self.value() or "", Q()))


def confirmed(  # noqa: PLR0913 -- an action of a list, and its words
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    rows: Iterable[Any],
    act: Callable[[Any], object],
    *,
    action: str,
    title: "str | StrPromise",
    effect: "str | StrPromise",
    done: "str | StrPromise",
    asks_why: bool = False,
) -> TemplateResponse | None:
    """Ask once, then do `act` to each row ticked in the list, and say so.

    `action` is the method's own name; `done` holds « %s », the row in words. With `asks_why`, the
    page wants a reason, which `act` finds in request.POST["reason"].
    """
    lacks_reason = asks_why and not request.POST.get("reason", "").strip()
    if "confirmed" not in request.POST or lacks_reason:
        context = {
            **model_admin.admin_site.each_context(request),
            "title": title,
            "opts": model_admin.opts,
            "action": action,
            "effect": effect,
            "asks_why": asks_why,
            "lacks_reason": lacks_reason and "confirmed" in request.POST,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/confirm.html", context)
    for row in rows:
        try:
            act(row)
        except ActionError as error:
            model_admin.message_user(request, str(error), messages.ERROR)
        else:
            model_admin.message_user(request, done % row, messages.SUCCESS)
    return None
