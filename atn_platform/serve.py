"""The web server: granian, with the site loaded before its processes part: they share that memory.

python -m atn_platform.serve --interface wsgi --workers 2 … atn_platform.wsgi:application
"""

import gc
import runpy

from django.conf import settings
from django.urls import get_resolver
from django.utils.translation import gettext, override

from atn_platform.wsgi import application

__all__ = ["application"]


def prepare() -> None:
    """Load what every request needs; nothing here reads the database."""
    get_resolver().reverse_dict  # noqa: B018 -- reading it loads every view
    for language, _ in settings.LANGUAGES:
        with override(language):
            gettext("Accueil")
    gc.collect()
    gc.freeze()  # a collection would copy what is shared


if __name__ == "__main__":
    prepare()
    runpy.run_module("granian", run_name="__main__")
