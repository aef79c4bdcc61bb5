import re

from allauth.account.auth_backends import AuthenticationBackend

from atn_platform.accounts.models import HANDLE, User


class PersonBackend(AuthenticationBackend):
    """allauth's, reading whoever is signed in with their roles: every page asks for both.

    A person is found by their handle too.
    """

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        if re.match(HANDLE, email):
            owner = User.objects.filter(handle=email).first()
        else:
            owner = User.objects.owner_of(email)
        opened: User | None = self._check_password(owner, password)
        return opened

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_standing(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
