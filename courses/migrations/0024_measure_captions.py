from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0023_listen_to_lessons")]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="cues",
            field=models.JSONField(blank=True, null=True, verbose_name="répliques"),
        ),
    ]
