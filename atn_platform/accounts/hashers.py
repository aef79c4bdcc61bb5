"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's 46 MiB, one pass, one lane: about 40 ms on our machines."""

    time_cost = 1
    memory_cost = 47104
    parallelism = 1
