from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0025_keep_revisions_of_drafts")]

    operations = [
        migrations.AddField(
            model_name="draftrevision",
            name="kind",
            field=models.CharField(blank=True, max_length=12, verbose_name="genre"),
        ),
    ]
