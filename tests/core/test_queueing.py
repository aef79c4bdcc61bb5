"""Work handed to Celery on one machine, where the broker is a folder."""

import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings

RING = """
import os
os.environ["ATN_VAR_DIR"] = {folder!r}
os.environ.pop("REDIS_URL", None)
import django
django.setup()
from django.conf import settings
from atn_platform.core.queueing import prepare_broker
from atn_platform.notifications.tasks import deliver_email
prepare_broker()
prepare_broker()
deliver_email.delay(email_id=7)
"""


def test_a_bell_is_kept_even_when_nothing_ever_ran_here(tmp_path):
    folder = tmp_path / "var"
    code = RING.format(folder=str(folder))
    subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, cwd=settings.BASE_DIR,
        env={"PATH": "", "DJANGO_SETTINGS_MODULE": "atn_platform.settings.dev",
             "PYTHONWARNINGS": "ignore::SyntaxWarning"},
    )  # fmt: skip
    [bell] = Path(folder / "broker" / "queue").iterdir()
    headers = json.loads(bell.read_text())["headers"]
    assert (headers["task"], headers["kwargsrepr"]) == (
        "atn_platform.notifications.tasks.deliver_email",
        "{'email_id': 7}",
    )
