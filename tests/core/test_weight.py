"""What a process does not load unless it needs it."""

import os
import subprocess
import sys

from django.conf import settings

HEAVY = ("openpyxl", "xlsxwriter", "weasyprint", "fontTools", "bs4")


def test_a_web_process_loads_no_maker_of_files_nor_reader_of_pages():
    code = (
        "import sys, django; django.setup(); import atn_platform.urls;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "atn_platform.settings.test"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
