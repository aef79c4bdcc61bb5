from allauth.account.auth_backends import AuthenticationBackend

from atn_platform.accounts.models import User


class PersonBackend(AuthenticationBackend):
    """allauth's, reading whoever is signed in with their roles: every page asks for both."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_standing(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
