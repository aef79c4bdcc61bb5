import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("enrollments", "0010_ask_for_help"),
    ]

    operations = [
        migrations.AddField(
            "enrollment",
            "duplicate_of",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="enrollments.enrollment",
                verbose_name="réunie à",
            ),
        ),
        migrations.AddField(
            "enrollment",
            "counted_as",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="comptée comme",
            ),
        ),
        migrations.AddField(
            "enrollment",
            "counted_until",
            models.DateTimeField(blank=True, null=True, verbose_name="comptée ainsi jusqu’au"),
        ),
        migrations.AddField(
            "lessonstate",
            "is_copy",
            models.BooleanField(default=False, verbose_name="copie"),
        ),
        migrations.RemoveConstraint("enrollment", "enrollments_one_live_per_course"),
        migrations.AddConstraint(
            "enrollment",
            models.UniqueConstraint(
                fields=["learner", "course"],
                condition=~Q(status="withdrawn") & Q(duplicate_of__isnull=True),
                name="enrollments_one_live_per_course",
                violation_error_message="Cette personne suit déjà ce cours.",
            ),
        ),
        migrations.RemoveIndex("lessonstate", "enrollments_lesson_finished"),
        migrations.AddIndex(
            "lessonstate",
            models.Index(
                fields=["completed_at", "enrollment"],
                include=["mandate"],
                condition=Q(completed_at__isnull=False, is_copy=False),
                name="enrollments_lesson_finished",
            ),
        ),
    ]
