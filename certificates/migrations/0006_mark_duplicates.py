import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0005_let_names_be_erased")]

    operations = [
        migrations.AddField(
            "certificate",
            "duplicate_of",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="certificates.certificate",
                verbose_name="double de",
            ),
        ),
    ]
