from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0022_follow_parts_of_courses")]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="seconds",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="durée (s)"),
        ),
        migrations.AddField(
            model_name="lesson",
            name="recording",
            field=models.CharField(
                blank=True, default="", max_length=120, verbose_name="version à écouter"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lesson",
            name="recorded_words",
            field=models.CharField(
                blank=True, default="", max_length=64, verbose_name="empreinte du texte lu"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(recorded_words="") | ~models.Q(recording=""),
                name="courses_words_of_a_recording",
            ),
        ),
    ]
