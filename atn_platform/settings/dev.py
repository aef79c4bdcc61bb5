"""Settings for one machine: a developer's, or a demonstration. Never for real people's data."""

import os

from atn_platform.settings import env
from atn_platform.settings.base import *

# Plain Django pages with details on error help developers; the demonstration turns it off.
DEBUG = env.flag("DEBUG", default=True)
# Static files straight from their folders: no collectstatic before a demonstration.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
SECRET_KEY = os.environ.get("SECRET_KEY", "development-only-not-a-secret")
# Printed in messages and attestations, those of the demonstration too, which are made before a
# server listens.
SITE_URL = os.environ.get("SITE_URL", "")
if not SITE_URL and (port := os.environ.get("PORT")):
    SITE_URL = f"http://localhost:{port}"
# A demonstration that runs in this folder says where: a command beside it writes letters too.
if not SITE_URL and (running := VAR_DIR / "demo-address").exists():
    SITE_URL = running.read_text()
SITE_URL = SITE_URL or "http://localhost:8000"
# Browsers take any name under localhost for this machine; cookies of localhost do not go there.
PACKAGES_ORIGIN = os.environ.get("PACKAGES_ORIGIN") or (
    SITE_URL.replace("//localhost", "//contenus.localhost")
    if SITE_URL.startswith("http://localhost")
    else f"http://contenus.localhost:{os.environ.get('PORT') or 8000}"
)
ALLOWED_HOSTS = ["localhost", "contenus.localhost", "127.0.0.1", "[::1]", "testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, "atn_platform.demo"]
SUPPORT_PHONE = os.environ.get("SUPPORT_PHONE", "418 555-0123")
EMAIL_HOST = "127.0.0.1"
# Browsers take http://localhost for a safe place; the library does not.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
EMAIL_PORT = env.number("EMAIL_PORT", 1025)
