"""What allauth asks of us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are born from an invitation or an organisation's list, never from a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
