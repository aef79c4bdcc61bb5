"""Letters about two accounts that become one. Nothing is sent from here."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atn_platform.accounts.models import User
from atn_platform.core import codes
from atn_platform.merging.models import Merge
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message

WHY = gettext_lazy("Quelqu’un demande que deux comptes de la plateforme deviennent un seul.")


@written_for(lambda merge, *_args: merge.absorbed)
def code_to_prove(merge: Merge, code: str) -> Message:
    return compose(
        key=f"merge-code:{merge.uuid}",
        category=Category.ACCOUNT,
        recipient=merge.absorbed,
        template="merge_code",
        context={"code": codes.spelled(code), "kept": str(merge.kept)},
        subject=_("Code pour réunir vos deux comptes"),
        reason=str(WHY),
    )


@written_for(lambda merge, *_args: merge.kept)
def united(merge: Merge, address: str) -> list[Message]:
    """To the account that is kept, and to the address of the other."""
    letters: list[User | str] = [merge.kept, address] if address else [merge.kept]
    return [
        compose(
            key=f"merged:{merge.uuid}:{rank}",
            category=Category.ACCOUNT,
            recipient=to,
            template="merged",
            context={
                "kept": merge.kept.email or merge.kept.handle,
                "absorbed": address,
                "until": merge.undo_until,
                "url": absolute("merging:index"),
            },
            subject=_("Vos deux comptes n’en font plus qu’un"),
            reason=str(WHY),
        )
        for rank, to in enumerate(letters)
    ]


@written_for(lambda merge, *_args: merge.kept)
def parted(merge: Merge) -> list[Message]:
    return [
        compose(
            key=f"parted:{merge.uuid}:{person.pk}",
            category=Category.ACCOUNT,
            recipient=person,
            template="parted",
            context={"url": absolute("portal:help")},
            subject=_("Vos deux comptes sont de nouveau séparés"),
            reason=str(WHY),
        )
        for person in (merge.kept, merge.absorbed)
        if person.letter_address
    ]
