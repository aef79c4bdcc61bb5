"""A bare Django, as `startproject` writes it, on the same database: the floor of the bench."""

from tests.bench import bare
from tests.bench.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.floor"
AUTHENTICATION_BACKENDS = [bare.BACKEND]
MIDDLEWARE = ["tests.bench.counting.count_queries", *bare.MIDDLEWARE]
TEMPLATES = bare.TEMPLATES
