from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0007_let_answers_be_erased")]

    operations = [
        migrations.AddField(
            model_name="learningevent",
            name="origin",
            field=models.JSONField(blank=True, null=True, verbose_name="provenance"),
        ),
    ]
