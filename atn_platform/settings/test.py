"""Settings for pytest: cheap hashing, tasks run in place, no file left behind."""

from atn_platform.settings.base import *

SECRET_KEY = "tests-only"  # noqa: S105
INSTALLED_APPS = [*INSTALLED_APPS, "atn_platform.demo"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "contenus.testserver"]
PACKAGES_ORIGIN = "http://contenus.testserver"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = {
    "default": {"BACKEND": "tests.storage.FilesInMemory"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files from their folders, read when asked: no collectstatic before the tests.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Browsers take http://localhost for a safe place; the library does not.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
