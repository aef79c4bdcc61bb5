import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0012_prove_the_address_of_a_claimant'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='undone_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='retirée le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='retirée par'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('accepted_at__isnull', False), _connector='OR'), name='municipalities_claim_undone_was_accepted'),
        ),
    ]
