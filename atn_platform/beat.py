"""The schedule alone: it rings by the names of tasks, and loads none of them.

    python -m atn_platform.beat

Half the memory that `celery beat` takes, which loads the whole site to know when it is noon. A
task that asked for a queue where it is defined would not be heard: queues belong in the settings.
"""

from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django.utils.log import configure_logging

# Without the fixup that loads every application of the site.
app = Celery("atn_platform", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def write_as_the_site_does(**_: Any) -> None:
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


if __name__ == "__main__":
    app.Beat(quiet=True).run()
