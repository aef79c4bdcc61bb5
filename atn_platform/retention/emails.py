"""Letters about an account that no longer serves. Nothing is sent from here."""

from datetime import date

from django.utils.translation import gettext as _

from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.retention.models import IdleAccount


@written_for(lambda account, **_facts: account.user)
def idle_account(account: IdleAccount, *, days: int, ends_on: date) -> Message:
    """`days` are those that were left when this letter became due: each leaves once."""
    return compose(
        key=f"idle:{account.pk}:{days}",
        category=Category.ACCOUNT,
        recipient=account.user,
        template="idle_account",
        context={
            "first_name": account.user.first_name,
            "ends_on": ends_on,
            "url": absolute("account_login"),
        },
        subject=_("Voulez-vous garder votre compte?"),
        reason=_("Votre compte ne sert plus depuis trois ans."),
    )
