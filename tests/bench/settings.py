"""Production settings, counted when asked; static files stay among the bench's own."""

from atn_platform.settings.production import *  # noqa: F403

MIDDLEWARE = ["tests.bench.counting.count_queries", *MIDDLEWARE]  # noqa: F405
STATIC_ROOT = VAR_DIR / "static"  # noqa: F405
