from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0009_declare_mandatory_trainings'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='is_recognised',
            field=models.BooleanField(default=False, help_text='Reconnue par l’Office québécois de la langue française (Charte, art. 29.1). Les villages nordiques, cris et naskapi n’ont pas à l’être.', verbose_name='peut aussi employer l’anglais'),
        ),
    ]
