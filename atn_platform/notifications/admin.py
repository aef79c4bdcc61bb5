"""What left, what waits, what needs a person's eye. A code in a message's text stays unseen."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from atn_platform.notifications import outbox
from atn_platform.notifications.models import OutgoingEmail

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

WAITING = Q(sent_at__isnull=True, abandoned_at__isnull=True)


class StateFilter(admin.SimpleListFilter):
    title = _("état")
    parameter_name = "etat"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, "str | StrPromise"]]:
        return [
            ("a-examiner", _("à examiner")),
            ("en-attente", _("en attente")),
            ("envoyes", _("envoyés")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutgoingEmail]
    ) -> QuerySet[OutgoingEmail]:
        states = {
            "a-examiner": Q(abandoned_at__isnull=False, sent_at__isnull=True),
            "en-attente": WAITING,
            "envoyes": Q(sent_at__isnull=False),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(admin.ModelAdmin):
    """Read and search; the one change is sending an abandoned message again."""

    list_display = (
        "subject", "to_address", "category", "queued_at", "sent_at", "attempts", "last_error",
        "key",
    )  # fmt: skip
    list_filter = (StateFilter, "category")
    search_fields = ("to_address", "subject", "key")
    ordering = ("-queued_at",)
    show_full_result_count = False
    actions = ("resend",)
    exclude = ("text", "html", "calendar")

    @admin.action(description=_("Renvoyer"), permissions=["view"])
    def resend(self, request: HttpRequest, queryset: QuerySet[OutgoingEmail]) -> None:
        now = timezone.now()
        count = sum(outbox.resend(email, at=now) for email in queryset)
        words = ngettext("%(n)s message repart.", "%(n)s messages repartent.", count)
        self.message_user(request, words % {"n": count}, messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: OutgoingEmail | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: OutgoingEmail | None = None
    ) -> bool:
        return False
