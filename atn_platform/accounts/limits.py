"""How often each door may be tried: the one table for settings, views and docs/sign-in.md.

A whole town hall stands behind one address of the network, so what counts places is wide; what
counts one account is narrow. Devices that an account has been opened on are counted apart, so that
nobody can use up an owner's tries from elsewhere. Pure data: the settings read it.
"""

from dataclasses import dataclass

MINUTE, HOUR = 60, 60 * 60


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds. `per`: "ip" (a place), "key" (an account), or "user"."""

    amount: int
    seconds: int
    per: str

    def __str__(self) -> str:
        return f"{self.amount}/{self.seconds}s/{self.per}"


# Twice the 300 people of a large town hall in ten minutes.
TOWN_HALL = Limit(600, 10 * MINUTE, "ip")
# Wrong tries of a place: everybody there mistypes once.
MISTYPED = Limit(300, 10 * MINUTE, "ip")
GUESSES = Limit(5, 5 * MINUTE, "key")
KNOWN_DEVICE = Limit(10, 5 * MINUTE, "key")
OWN_PAGES = Limit(10, 5 * MINUTE, "user")

LIMITS: dict[str, tuple[Limit, ...]] = {
    # Passwords and second factors, at sign-in and when asked again; the administration has no
    # door of its own.
    "login": (TOWN_HALL,),
    "login_failed": (MISTYPED, GUESSES),
    "login_failed_known": (KNOWN_DEVICE,),
    "reauthenticate": (OWN_PAGES,),
    # Codes by e-mail. By account and place; by account for all places together, which is what a
    # letter box can bear in an hour; by account on a device of its owner.
    "request_login_code": (TOWN_HALL,),
    "code_here": (GUESSES,),
    "code_anywhere": (Limit(20, HOUR, "key"),),
    "code_known": (KNOWN_DEVICE,),
    # Guesses of one code, for as long as it is good.
    "code_guess": (Limit(3, 15 * MINUTE, "key"),),
    # Forgotten passwords.
    "reset_password": (TOWN_HALL, GUESSES),
    "reset_password_from_key": (TOWN_HALL,),
    # Keys hold nothing to guess.
    "webauthn_login": (TOWN_HALL,),
    # Printed cards: the number tried, then wrong codes of one card.
    "card": (TOWN_HALL,),
    "card_failed": (MISTYPED, GUESSES),
    "card_failed_known": (KNOWN_DEVICE,),
    # Links and codes that came by letter or on a poster: nobody guesses them, yet nobody may try
    # for hours. Readings count too, and a town hall reads its poster together.
    "invitation": (Limit(1800, 10 * MINUTE, "ip"),),
    "identity_provider": (GUESSES,),
    "verify": (Limit(30, MINUTE, "ip"),),
    # The help page: a town hall may call for help together, a machine may not for hours.
    "call_back": (Limit(20, HOUR, "ip"),),
    # What browsers tell of the content policy: the log of a fault needs few of them.
    "policy_report": (Limit(10, MINUTE, "ip"),),
    # Pages of a person who is signed in.
    "change_password": (OWN_PAGES,),
    "manage_email": (OWN_PAGES,),
    "confirm_email": (Limit(1, 3 * MINUTE, "key"),),
    "signup": (TOWN_HALL,),
}

RATES = {door: ",".join(str(limit) for limit in limits) for door, limits in LIMITS.items()}


@dataclass(frozen=True)
class Life:
    """How long a session may rest, and last; in seconds."""

    idle: int
    whole: int


DAY = 24 * HOUR
SESSION = Life(idle=30 * DAY, whole=90 * DAY)
# Whoever sees the records of others: ATN, the UMQ, responsables.
STAFF_SESSION = Life(idle=2 * HOUR, whole=12 * HOUR)
