from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_deliver_to_shared_boxes'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='language',
            field=models.CharField(choices=[('fr-ca', 'Français'), ('en-ca', 'English')], default='fr-ca', editable=False, max_length=5, verbose_name='langue'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['fr-ca', 'en-ca'])), name='accounts_user_language_known'),
        ),
    ]
