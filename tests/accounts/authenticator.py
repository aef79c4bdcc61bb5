"""What people hold: an application that shows codes (RFC 6238), and a key (WebAuthn)."""

import json
import time
from hashlib import sha256

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HERE = "testserver"
PERIOD = 30


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


class SecurityKey:
    """A key of its own making: it signs what a site asks, and counts how often it did."""

    def __init__(self, user, *, counted: int = 0) -> None:
        self.private, self.counter, self.name = (
            generate_private_key(SECP256R1()),
            counted,
            b"cle-1",
        )
        self.user = user
        seen = AttestedCredentialData.create(
            bytes(16), self.name, ES256.from_cryptography_key(self.private.public_key())
        )
        made = AttestationObject.create("none", self._data(seen), {})
        self.row = Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.WEBAUTHN,
            data={
                "name": "Ma clé",
                "credential": {
                    "id": websafe_encode(self.name),
                    "rawId": websafe_encode(self.name),
                    "type": "public-key",
                    "response": {
                        "clientDataJSON": websafe_encode(self._asked("create", "AAAA")),
                        "attestationObject": websafe_encode(made),
                    },
                },
            },
        )

    def answer(self, challenge: str, *, count: int | None = None) -> str:
        """What the browser posts; `count` in the place of the next number."""
        self.counter = self.counter + 1 if count is None else count
        data, asked = self._data(), self._asked("get", challenge)
        signature = self.private.sign(data + sha256(asked).digest(), ECDSA(SHA256()))
        said = {
            "clientDataJSON": asked,
            "authenticatorData": data,
            "signature": signature,
            "userHandle": user_pk_to_url_str(self.user).encode(),
        }
        return json.dumps(
            {
                "id": websafe_encode(self.name),
                "rawId": websafe_encode(self.name),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in said.items()},
            }
        )

    def _data(self, seen: bytes = b"") -> AuthenticatorData:
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
        if seen:
            flags |= AuthenticatorData.FLAG.AT
        return AuthenticatorData.create(sha256(HERE.encode()).digest(), flags, self.counter, seen)

    def _asked(self, what: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(f"webauthn.{what}", challenge, f"https://{HERE}")
