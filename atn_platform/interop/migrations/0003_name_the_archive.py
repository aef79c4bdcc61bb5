from django.db import migrations, models


class Migration(migrations.Migration):
    """A session opened before is of no archive: it ends, and its verbs count no more."""

    dependencies = [("interop", "0002_launch_cmi5")]

    operations = [
        migrations.AddField(
            "cmi5session",
            "sha256",
            models.CharField(default="", max_length=64, verbose_name="empreinte du module"),
            preserve_default=False,
        ),
    ]
