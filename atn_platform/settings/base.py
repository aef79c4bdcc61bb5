"""Settings shared by every environment. Nothing here opens a connection or starts a process."""

import os
from pathlib import Path

from celery.schedules import crontab

from atn_platform.accounts import limits
from atn_platform.core.postgres_files import socket_folder
from atn_platform.settings import env, services

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Everything a running installation writes outside its database.
VAR_DIR = Path(os.environ.get("ATN_VAR_DIR", BASE_DIR / "var")).resolve()

DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "atn_platform.urls"
WSGI_APPLICATION = "atn_platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
# Links in messages, certificates and QR codes; never taken from the request's Host header.
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000").rstrip("/")
# Another origin, where packages made elsewhere run (docs/packages.md); without one they do not.
PACKAGES_ORIGIN = os.environ.get("PACKAGES_ORIGIN", "").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    # For templates/django/forms, our markup of every field.
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    # House apps, lowest layer first. tests/test_house.py checks this order.
    "atn_platform.core",
    "atn_platform.accounts",
    "atn_platform.audit",
    "atn_platform.incidents",
    "atn_platform.consents",
    "atn_platform.notifications",
    "municipalities",
    "courses",
    "enrollments",
    "certificates",
    "atn_platform.interop",
    "atn_platform.reports",
    "atn_platform.portal",
    "atn_platform.privacy",
    "atn_platform.retention",
    "atn_platform.rights",
    "atn_platform.merging",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Answers for the second origin by itself: nothing below sees those requests.
    "atn_platform.interop.middleware.packages_origin",
    "atn_platform.core.middleware.security_headers",
    # Pages are compressed here too: a slow line must not depend on a proxy's settings. Django adds
    # random padding against guessing secrets by length (BREACH).
    "atn_platform.core.middleware.GZipText",
    "atn_platform.accounts.middleware.sane_passwords",
    "atn_platform.accounts.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "atn_platform.accounts.middleware.reader_language",
    # Every view needs a signed-in person unless it says @login_not_required.
    "atn_platform.accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "atn_platform.core.middleware.no_trace",
    "atn_platform.core.middleware.no_null_in_queries",
    "allauth.account.middleware.AccountMiddleware",
    "atn_platform.accounts.middleware.shared_device",
    "atn_platform.accounts.middleware.bounded_session",
    "municipalities.middleware.door_stands",
    "atn_platform.accounts.middleware.require_second_factor",
    "municipalities.middleware.still_theirs",
    "atn_platform.privacy.middleware.WatchAdministration",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "atn_platform.core.loaders.Flush",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "atn_platform.core.context.page",
            ],
            "builtins": ["atn_platform.core.templatetags.atn"],
            "libraries": {"i18n": "atn_platform.core.templatetags.sentences"},
        },
    },
]

# Our `i18n` stands in the place of Django's, which it holds whole.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

LANGUAGE_CODE = "fr-ca"
# English is offered to the people of some organisations only: docs/languages.md.
LANGUAGES = [("fr-ca", "Français"), ("en-ca", "English")]
LANGUAGE_COOKIE_NAME = "langue"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["atn_platform.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "America/Toronto"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Argon2id at 46 MiB, one lane, one pass: strong enough (OWASP), and not the price of 15 pages.
PASSWORD_HASHERS = ["atn_platform.accounts.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "atn_platform.accounts.passwords.LengthValidator"},
    {"NAME": "atn_platform.accounts.passwords.ExpectedWordsValidator"},
]
AUTHENTICATION_BACKENDS = ["atn_platform.accounts.backends.PersonBackend"]
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "atn_platform.core.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_FAILURE_VIEW = "atn_platform.accounts.views.csrf_failure"

ACCOUNT_ADAPTER = "atn_platform.notifications.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# Sign-up is closed (notifications/adapter.py); naming the password keeps it at sign-in.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
# Every door's limits stand in one table.
ACCOUNT_RATE_LIMITS = limits.RATES
MFA_RATE_LIMITS = limits.RATES
ACCOUNT_FORMS = {
    "request_login_code": "atn_platform.accounts.forms.RequestCodeForm",
    "confirm_login_code": "atn_platform.accounts.forms.CodeForm",
    "login": "atn_platform.accounts.forms.PasswordForm",
    "reset_password": "atn_platform.accounts.forms.ForgottenForm",
}
# An address, a key or an identity more is a way in: whoever adds one says again who they are.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Says that an account was opened on this device before; it opens nothing.
DEVICE_COOKIE_NAME = "appareil"
# One address an account; a new one takes its place once a link sent to it was opened.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody signs up alone, so nobody can lock an account under the address of someone else; and a
# person granted a role by ATN must be able to set up the second factor that it owes.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "atn_platform.accounts.forms.FactorForm",
    "reauthenticate": "atn_platform.accounts.forms.FactorAgainForm",
    "authenticate_webauthn": "atn_platform.accounts.forms.KeyForm",
    "login_webauthn": "atn_platform.accounts.forms.KeyAloneForm",
    "reauthenticate_webauthn": "atn_platform.accounts.forms.KeyAgainForm",
    "activate_totp": "atn_platform.accounts.forms.ActivateAppForm",
    "add_webauthn": "atn_platform.accounts.forms.AddKeyForm",
    "edit_webauthn": "atn_platform.accounts.forms.EditKeyForm",
}
MFA_ADAPTER = "atn_platform.accounts.adapter.FactorAdapter"
MFA_TOTP_ISSUER = "Plateforme ATN"
# The code before and the one after serve too: hands are slow, and clocks differ (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1

# Microsoft and Google, one row an organisation (municipalities/models/sign_in.py). An identity is
# a provider and its subject; an address alone links nothing.
SOCIALACCOUNT_ADAPTER = "municipalities.adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
# The way out is a link: the site's policy lets no form lead to another site. `state` and PKCE
# guard the way back.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}
# Who else receives something of people, and where (services.py).
OUTSIDE_SERVICES = services.read(os.environ.get("OUTSIDE_SERVICES", ""))
OPENID_ISSUERS = {
    "microsoft": "https://login.microsoftonline.com/{tenant}/v2.0",
    "google": "https://accounts.google.com",
}

DEFAULT_FROM_EMAIL = "Académie de la transformation numérique <bonjour@atn.example>"
EMAIL_TIMEOUT = 20
# Where mail servers report, if anywhere: « retours@… », whose letters go to `receive_mail`.
BOUNCE_EMAIL = os.environ.get("BOUNCE_EMAIL", "")
# A person reads what people answer to our messages.
REPLY_TO_EMAIL = os.environ.get("REPLY_TO_EMAIL", "Équipe de la Plateforme ATN <aide@atn.example>")
# Shown on the help page as a number to call, when there is one.
SUPPORT_PHONE = os.environ.get("SUPPORT_PHONE", "")
# Postal address that the federal anti-spam law wants in every message.
SENDER_POSTAL_ADDRESS = os.environ.get(
    "SENDER_POSTAL_ADDRESS", "2325, rue de l’Université, Québec (Québec) G1V 0A6"
)

# Who signs the certificates: name and title, in order.
CERTIFICATE_SIGNATORIES = [
    {
        "name": os.environ.get("CERTIFICATE_SIGNATORY", "Direction de l’Académie"),
        "title": os.environ.get(
            "CERTIFICATE_SIGNATORY_TITLE", "Académie de la transformation numérique"
        ),
    },
]
CERTIFICATE_ISSUER = "Université Laval – Académie de la transformation numérique, avec l’UMQ"

# "process": numbers that may be minutes old, and differ from one process to another.
LOCAL_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": LOCAL_MEMORY},
    "process": {
        "BACKEND": LOCAL_MEMORY,
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
# Celery would open a connection for each task, half of what a short one costs. Ours are kept and
# closed as those of the site are: see atn_platform/celery.py.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 1800,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
    }
else:
    # Good for one machine: a hard kill loses what the folder holds, and the sweeps find it.
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "store_processed": False,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "certificates-owed": {
        "task": "certificates.tasks.settle_debts",
        "schedule": crontab(minute="*/2"),
    },
    # Each hour of offices, so that a bell that was missed costs an hour; half an hour before they
    # open, what was promised for the morning is looked at again.
    "reminders-due": {
        "task": "enrollments.tasks.send_reminders",
        "schedule": crontab(minute="30", hour="7-15", day_of_week="mon-fri"),
    },
    "sessions-changed": {
        "task": "enrollments.tasks.tell_changes",
        "schedule": crontab(minute="*"),
    },
    "versions-changing": {
        "task": "enrollments.tasks.resume_moves",
        "schedule": crontab(minute="*/2"),
    },
    "retention": {
        "task": "atn_platform.retention.tasks.pass_by",
        "schedule": crontab(minute="40", hour="3"),
    },
    "erasures-due": {
        "task": "atn_platform.rights.tasks.erase_due",
        "schedule": crontab(minute="15"),
    },
    "merges-made": {
        "task": "atn_platform.merging.tasks.settle",
        "schedule": crontab(minute="20"),
    },
    "imports-running": {
        "task": "municipalities.tasks.resume_imports",
        "schedule": crontab(minute="*/2"),
    },
    "data-exports-owed": {
        "task": "atn_platform.privacy.tasks.settle_exports",
        "schedule": crontab(minute="*/2"),
    },
    "duties-near": {
        "task": "municipalities.tasks.remind_duties",
        "schedule": crontab(minute="45", hour="7", day_of_week="mon-fri"),
    },
    "courses-to-review": {
        "task": "courses.tasks.remind_owners",
        "schedule": crontab(minute="50", hour="7", day_of_week="mon-fri"),
    },
    "messages-waiting": {
        "task": "atn_platform.notifications.tasks.deliver_waiting",
        "schedule": crontab(minute="*"),
    },
}

if url := os.environ.get("DATABASE_URL"):
    DATABASES = {"default": env.database(url)}
else:
    # The socket of the embedded server; manage.py starts it (core/postgres.py), settings do not.
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "atn",
            "USER": "postgres",
            "HOST": str(socket_folder(VAR_DIR / "pg")),
            "PORT": "5432",
        }
    }
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
