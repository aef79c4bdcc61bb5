"""The inbox of requests, with the clock of the law. A request is answered, never edited."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import french
from atn_platform.core.admin import ReadOnlyAdmin, StateFilter, own_page
from atn_platform.core.exceptions import ActionError
from atn_platform.rights import actions, queries
from atn_platform.rights.enums import Kind, State
from atn_platform.rights.forms import AnswerForm, WrittenForm
from atn_platform.rights.models import RightsRequest

ANSWERS: dict[str, tuple[Callable[..., RightsRequest], Any]] = {
    "accepter": (actions.grant, _("La demande est acceptée.")),
    "refuser": (actions.refuse, _("La demande est refusée, et la personne l’apprend.")),
    "prolonger": (actions.extend, _("Le délai est prolongé de dix jours.")),
}


class RequestStateFilter(StateFilter):
    title = _("état")
    states = (
        ("a-traiter", _("à traiter"), Q(decided_at=None, cancelled_at=None)),
        (
            "a-effacer",
            _("effacement à venir"),
            Q(erase_at__isnull=False, erased_at=None, cancelled_at=None),
        ),
        ("closes", _("closes"), Q(decided_at__isnull=False) | Q(cancelled_at__isnull=False)),
    )


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadOnlyAdmin):
    change_list_template = "admin/rights/change_list.html"
    list_display = ("__str__", "kind", "who", "asked_at", "clock", "state_shown")
    list_filter = (RequestStateFilter, "kind")
    list_select_related = ("user",)
    search_fields = ("user__sort_key", "user__email")
    list_per_page = 50

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What waits first, the nearest deadline above."""
        return [F("decided_at").desc(nulls_first=True), F("due_on").asc(), "pk"]

    @admin.display(description=_("personne"))
    def who(self, obj: RightsRequest) -> str:
        person = str(obj.user) if obj.user and not obj.user.erased_at else ""
        return f"{person} ({obj.on_behalf})" if obj.on_behalf else person

    @admin.display(description=_("réponse due"), ordering="due_on")
    def clock(self, obj: RightsRequest) -> str:
        if obj.state != State.WAITING:
            return ""
        day = french.day(obj.due_on)
        left = (obj.due_on - timezone.localdate()).days
        if left < 0:
            return str(_("%(day)s : en retard")) % {"day": day}
        return str(_("%(day)s (jours restants : %(left)s)")) % {"day": day, "left": left}

    @admin.display(description=_("état"))
    def state_shown(self, obj: RightsRequest) -> str:
        return obj.get_state_display()

    def get_urls(self) -> list[URLPattern]:
        return [
            path("inscrire/", own_page(self, self.write_down), name="rights_write_down"),
            path(
                "<int:pk>/change/", own_page(self, self.read), name="rights_rightsrequest_change"
            ),
            path("<int:pk>/annuler/", own_page(self, self.cancel), name="rights_cancel"),
            path("<int:pk>/<slug:answer>/", own_page(self, self.answer), name="rights_answer"),
            *super().get_urls(),
        ]

    def read(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(request, self._found(request, pk))

    def answer(self, request: HttpRequest, pk: int, answer: str) -> HttpResponse:
        """One button of a request’s page; what is wrong is told on it, what was typed kept."""
        asked = self._found(request, pk)
        if request.method != "POST" or answer not in ANSWERS:
            return redirect("admin:rights_rightsrequest_change", pk)
        form = AnswerForm(request.POST, needs_reason=answer != "accepter")
        if not form.is_valid():
            return self._show(request, asked, form)
        act, done = ANSWERS[answer]
        try:
            act(
                request_id=pk,
                reason=form.cleaned_data["reason"],
                by=cast("User", request.user),
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error(None, str(error))
            return self._show(request, asked, form)
        self.message_user(request, done, messages.SUCCESS)
        return redirect("admin:rights_rightsrequest_change", pk)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The person changed their mind in time: the account opens again."""
        if request.method == "POST":
            try:
                actions.cancel(request_id=pk, by=cast("User", request.user), at=timezone.now())
            except ActionError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, _("La demande est annulée."), messages.SUCCESS)
        return redirect("admin:rights_rightsrequest_change", pk)

    def write_down(self, request: HttpRequest) -> HttpResponse:
        """A request that came by letter, from the person, an heir or a lawyer."""
        form = WrittenForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            asked = RightsRequest(**form.cleaned_data)
            by, at = cast("User", request.user), timezone.now()
            try:
                actions.write_down(asked=asked, on=timezone.localdate(), by=by, at=at)
            except ActionError as error:
                form.add_error("user", str(error))
            else:
                self.message_user(request, _("La demande est inscrite."), messages.SUCCESS)
                return redirect("admin:rights_rightsrequest_change", asked.pk)
        title = _("Inscrire une demande reçue")
        return self._page(request, "admin/rights/write_down.html", title, {"form": form})

    def _found(self, request: HttpRequest, pk: int) -> RightsRequest:
        rows: QuerySet[RightsRequest] = self.get_queryset(request)
        rows = rows.select_related("user", "decided_by", "mandate__organisation")
        return get_object_or_404(rows, pk=pk)

    def _show(
        self, request: HttpRequest, asked: RightsRequest, form: AnswerForm | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "asked": asked,
            # Under this name the log of viewings finds whose record is open.
            "original": asked,
            "form": form or AnswerForm(needs_reason=False),
            "today": timezone.localdate(),
            "is_late": asked.is_late(timezone.localdate()),
        }
        if asked.kind == Kind.ERASURE and asked.user and asked.can_be_cancelled:
            context["effect"] = queries.effect_on(asked.user)
        return self._page(request, "admin/rights/request.html", str(asked), context)

    def _page(
        self, request: HttpRequest, template: str, title: Any, context: dict[str, Any]
    ) -> HttpResponse:
        site = self.admin_site.each_context(request)
        facts = {**site, "title": title, "opts": self.opts, **context}
        return TemplateResponse(
            request, template, facts, status=422 if facts["form"].errors else 200
        )
