"""What allauth asks of us about second factors."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from atn_platform.accounts.models import User


class FactorAdapter(DefaultMFAAdapter):
    """Telephones keep a passkey under our name and the person's address, as its owner sees it."""

    def _get_site_name(self) -> str:
        name: str = self.get_totp_issuer()
        return name

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": entity["name"]}
