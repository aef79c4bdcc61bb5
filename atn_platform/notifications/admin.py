"""What left, what waits, what needs a person's eye. A code stays unseen, by ATN too."""

import re

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from atn_platform.core.admin import ReadOnlyAdmin, StateFilter
from atn_platform.notifications import actions, outbox
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OutgoingEmail, RefusedAddress

CODE = re.compile(r"(?<=\u00a0: )\S+$")  # the last word, when it follows a colon


class OutgoingStateFilter(StateFilter):
    title = _("état")
    states = (
        ("a-examiner", _("à examiner"), Q(abandoned_at__isnull=False, sent_at__isnull=True)),
        ("en-attente", _("en attente"), Q(sent_at__isnull=True, abandoned_at__isnull=True)),
        ("envoyes", _("envoyés"), Q(sent_at__isnull=False)),
    )


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyAdmin):
    """Read and search; the one change is sending an abandoned message again."""

    list_display = (
        "subject_shown", "to_address", "category", "queued_at", "sent_at", "attempts",
        "last_error", "key",
    )  # fmt: skip
    list_filter = (OutgoingStateFilter, "category")
    # Not the subject: searching would spell the code it hides.
    search_fields = ("to_address", "key")
    ordering = ("-queued_at",)
    actions = ("resend",)
    exclude = ("subject", "text", "html", "calendar")
    readonly_fields = ("subject_shown",)

    @admin.display(description=_("objet"))
    def subject_shown(self, obj: OutgoingEmail) -> str:
        """The subject; who could read another's sign-in code could be them."""
        if obj.category == Category.ACCOUNT:
            return CODE.sub("••••", obj.subject)
        return obj.subject

    @admin.action(description=_("Renvoyer"), permissions=["view"])
    def resend(self, request: HttpRequest, queryset: QuerySet[OutgoingEmail]) -> None:
        now = timezone.now()
        count = sum(outbox.resend(email, at=now) for email in queryset)
        words = ngettext("%(n)s message repart.", "%(n)s messages repartent.", count)
        self.message_user(request, words % {"n": count}, messages.SUCCESS)


@admin.register(RefusedAddress)
class RefusedAddressAdmin(ReadOnlyAdmin):
    """Addresses to which nothing leaves any more, and why."""

    list_display = ("address", "refused_at", "words")
    search_fields = ("address",)
    ordering = ("-refused_at",)
    actions = ("forget",)

    @admin.action(description=_("Écrire de nouveau à ces adresses"), permissions=["view"])
    def forget(self, request: HttpRequest, queryset: QuerySet[RefusedAddress]) -> None:
        count = sum(actions.try_again(each.address) for each in list(queryset))
        words = ngettext("%(n)s adresse libérée.", "%(n)s adresses libérées.", count)
        self.message_user(request, words % {"n": count}, messages.SUCCESS)
