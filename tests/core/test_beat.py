"""The process of the schedule, which is small."""

import os
import subprocess
import sys

from celery import current_app

LOADED = """
import sys
from atn_platform.beat import app
from django.apps import apps
print(len(app.conf.beat_schedule), app.conf.task_default_queue, apps.ready, "allauth" in sys.modules)
"""


def test_the_schedule_rings_where_the_worker_listens_and_loads_none_of_the_site():
    found = subprocess.run(
        [sys.executable, "-c", LOADED],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "atn_platform.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    )
    bells, queue = len(current_app.conf.beat_schedule), current_app.conf.task_default_queue
    assert found.stdout.split() == [str(bells), queue, "False", "False"]
