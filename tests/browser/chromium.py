"""The browser of the tests and of the guide: Debian's Chromium, silent towards the network.

Its shell without windows first: the same engine at half the processor time, for nothing of menus,
tabs and extensions is started behind a page that nobody looks at.
"""

import os
import shutil

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox",
    # Pages of one site share a process: to start one for each navigation costs more than the page.
    "--renderer-process-limit=1",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
