"""The application that shows codes on a telephone (RFC 6238)."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PERIOD = 30


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))
