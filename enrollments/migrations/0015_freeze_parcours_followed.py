"""Whoever follows a parcours keeps it as it is on the day of this deployment."""

import hashlib
import json

from django.db import migrations
from django.utils import timezone


def freeze(apps, schema_editor):
    enrollments = apps.get_model("enrollments", "PathEnrollment").objects.filter(version=None)
    versions = apps.get_model("courses", "PathVersion").objects
    followed = enrollments.values("path").distinct()
    for path in apps.get_model("courses", "Path").objects.filter(pk__in=followed):
        steps = path.steps.select_related("course").order_by("position")
        document = {
            "title": path.title,
            "summary": path.summary,
            "order": path.order,
            "weeks": path.weeks,
            "steps": [
                {
                    "course": step.course.code,
                    "choice_group": step.choice_group,
                    "note": step.note,
                    "equivalents": sorted(step.equivalents),
                }
                for step in steps
            ],
        }
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        version, __ = versions.get_or_create(
            path=path,
            content_hash=hashlib.sha256(text.encode()).hexdigest(),
            defaults={
                "document": document,
                "number": versions.filter(path=path).count() + 1,
                "frozen_at": timezone.now(),
            },
        )
        enrollments.filter(path=path).update(version=version)


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0014_pin_parcours")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
