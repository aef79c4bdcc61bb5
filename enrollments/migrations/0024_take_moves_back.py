import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0023_listen_to_lessons"),
        ("enrollments", "0023_follow_parcours_in_order"),
    ]

    operations = [
        migrations.AlterField(
            model_name="versionmove",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="courses.courseversion",
                verbose_name="version",
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="undo_asked_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="retour demandé le"
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="undone_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="retour terminé le"
            ),
        ),
        migrations.AddField(
            model_name="versionmove",
            name="coming_back",
            field=models.PositiveIntegerField(
                default=0, verbose_name="personnes qui reviennent"
            ),
        ),
        migrations.AddConstraint(
            model_name="versionmove",
            constraint=models.UniqueConstraint(
                fields=["version"],
                condition=Q(finished_at__isnull=True),
                name="enrollments_one_move_at_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionmove",
            constraint=models.CheckConstraint(
                condition=Q(undo_asked_at__isnull=True) | Q(finished_at__isnull=False),
                name="enrollments_undo_of_a_finished_move",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionmove",
            constraint=models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undo_asked_at__isnull=False),
                name="enrollments_undone_as_asked",
            ),
        ),
    ]
