"""Settings for real people's data, from the environment alone. Refuses to start when unsafe.

The variables are described in docs/deployment/atn.env.example.
"""

from urllib.parse import urlsplit

from atn_platform.settings import env, guard
from atn_platform.settings.base import *

guard.refuse_unless_safe(OPENID_ISSUERS.values())

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SITE_URL = env.text("SITE_URL").rstrip("/")
# The loopback address is for health checks from inside the container.
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS"), "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Only a bench on the machine itself goes without TLS; guard.py sees to it.
TLS = urlsplit(SITE_URL).scheme == "https"
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
# « __Host- »: no neighbouring site of the same domain may set these cookies.
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
DEVICE_COOKIE_NAME = "__Host-appareil" if TLS else "appareil"
# Preloading binds a whole domain for years: its owner's decision, not an application's.
SILENCED_SYSTEM_CHECKS += ["security.W021"]
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 1)

# Milliseconds. A page that waits longer than its reader helps nobody; 0 for the migrations.
LIMITS = {
    "statement_timeout": env.number("DATABASE_STATEMENT_TIMEOUT", 30_000),
    "lock_timeout": env.number("DATABASE_LOCK_TIMEOUT", 5_000),
    "idle_in_transaction_session_timeout": 60_000,
}
DATABASES["default"] |= env.database(
    env.text("DATABASE_URL"),
    connect_timeout=5,
    application_name="atn",
    options=" ".join(f"-c {name}={value}" for name, value in LIMITS.items()),
)

CACHES["default"] = {
    "BACKEND": "atn_platform.core.cache.RedisOrMemoryCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "atn",
    # One more whenever what is kept is written otherwise: what was kept before is then not read.
    "VERSION": 2,
}

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", DEFAULT_FROM_EMAIL)

# Names with a hash of the content, compressed beforehand, kept for ever by browsers.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "atn_platform.core.assets.FlushStaticFiles"}}

LOG_LEVEL = env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "atn_platform.core.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # Without Django's own handlers, which print and mail.
        "django": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
        # Each step of each PDF would be a line.
        "weasyprint.progress": {"level": "WARNING"},
    },
}
