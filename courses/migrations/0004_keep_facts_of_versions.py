"""Facts beside the document, written by the database: lists read them, and they cannot differ."""

from django.db import migrations, models

import courses.models.versions


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_drop_revisions")]

    operations = [
        migrations.AddField(
            model_name="courseversion",
            name="facts",
            field=models.GeneratedField(
                db_persist=True,
                expression=courses.models.versions.WithoutModules("document"),
                output_field=models.JSONField(),
                verbose_name="faits",
            ),
        ),
    ]
