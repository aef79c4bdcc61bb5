"""`python -m tests.bench.search --write`: time of a search over 500 courses of ten lessons.

On a PostgreSQL of its own. The words are those of the demonstration's courses, mixed, so that
common ones are common and rare ones rare.
"""

import os
import random
import shutil
import statistics
import sys
import time
from pathlib import Path

from tests.bench import machine
from tests.bench.sections import put_section

MARK = "## Searching the courses"
COURSES, LESSONS, WORDS, ASKED = 500, 10, 400, 200


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atn_platform.settings.test")
    import django  # noqa: PLC0415 -- set up here, once the settings are named

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from atn_platform.core import postgres  # noqa: PLC0415

    folder = Path(settings.VAR_DIR) / f"bench-search-{os.getpid()}"
    settings.DATABASES["default"]["HOST"] = str(postgres.ensure(folder, fast=True))
    connection.creation.create_test_db(verbosity=0)
    try:
        text = _measured()
    finally:
        connection.close()
        postgres.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(text)
    if "--write" in sys.argv:
        put_section(MARK, text)


def _measured() -> str:
    from django.db import connection  # noqa: PLC0415

    from courses.search import find  # noqa: PLC0415

    chance = random.Random(500)
    vocabulary = _vocabulary()
    entries = _fill(vocabulary, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times, used = [], []
    for _ in range(ASKED):
        typed = " ".join(chance.choices(vocabulary, k=chance.choice((1, 2))))
        start, cpu = time.perf_counter(), time.process_time()
        find(typed)
        times.append(1000 * (time.perf_counter() - start))
        used.append(1000 * (time.process_time() - cpu))
    median, high = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return (
        f"{MARK}\n\n"
        "Written by `python -m tests.bench.search --write`. `courses.search.find`, excerpts\n"
        f"included, for {ASKED} searches of one or two words drawn from the texts themselves.\n"
        "Goal: 100 ms for 500 courses. *Own CPU* is the web process alone, whatever else the\n"
        "machine was doing.\n\n"
        f"- Machine: {machine.description()}; load {machine.load_average()}\n\n"
        "| Courses | Texts | Median, ms | 95th percentile, ms | Own CPU, median, ms |\n"
        "|--:|--:|--:|--:|--:|\n"
        f"| {COURSES} | {entries:,} | {median:.1f} | {high:.1f} | {statistics.median(used):.1f} |\n"
    )


def _vocabulary() -> list[str]:
    folder = Path(__file__).parents[2] / "atn_platform" / "demo" / "courses"
    texts = [path.read_text() for path in sorted(folder.rglob("*.md"))]
    return [word for text in texts for word in text.split() if word.isalpha()]


def _fill(vocabulary: list[str], chance: random.Random) -> int:
    from courses.actions.indexing import index  # noqa: PLC0415
    from courses.models import Course  # noqa: PLC0415
    from tests.factories import CourseFactory, VersionFactory, lesson_document  # noqa: PLC0415

    count = 0
    for _ in range(COURSES):
        lessons = [lesson_document(f"l{n}") for n in range(LESSONS)]
        for each in lessons:
            each["title"] = " ".join(chance.choices(vocabulary, k=5))
            each["blocks"][0]["html"] = f"<p>{' '.join(chance.choices(vocabulary, k=WORDS))}</p>"
        course = CourseFactory()
        version = VersionFactory(course=course, stations=lessons)
        Course.objects.filter(pk=course.pk).update(current_version=version)
        count += index(course_id=course.pk, content=version.document)
    return count


if __name__ == "__main__":
    main()
