import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrollments', '0021_keep_commitments'),
    ]

    operations = [
        migrations.AddField(
            model_name='versionmove',
            name='leaving',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), blank=True, default=list, size=None, verbose_name='versions quittées'),
        ),
    ]
