from pathlib import Path

from django.conf import settings

COURSES = Path(settings.BASE_DIR) / "atn_platform" / "demo" / "courses"
FOLDERS = sorted(path for path in COURSES.iterdir() if path.is_dir())
