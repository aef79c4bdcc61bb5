from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0011_lead_sign_in_to_successors'),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='own_code_hash',
            field=models.CharField(blank=True, max_length=64, verbose_name='empreinte du second code'),
        ),
        migrations.AddField(
            model_name='claim',
            name='proved_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='adresse prouvée le'),
        ),
    ]
