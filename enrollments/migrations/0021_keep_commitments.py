from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrollments', '0020_enter_what_was_written_on_paper'),
    ]

    operations = [
        migrations.AddField(
            model_name='helpthread',
            name='block',
            field=models.UUIDField(blank=True, null=True, verbose_name='geste confié'),
        ),
        migrations.RemoveConstraint(
            model_name='learningevent',
            name='enrollments_verb_known',
        ),
        migrations.AlterField(
            model_name='learningevent',
            name='verb',
            field=models.CharField(choices=[('opened', 'a ouvert la leçon'), ('answered', 'a répondu au questionnaire'), ('chose', 'a choisi dans le scénario'), ('noted', 'a noté sa réflexion'), ('pledged', 's’est engagée à un geste'), ('played', 'a fait une partie d’un module interactif'), ('completed', 'a terminé la leçon'), ('attended', 'a assisté à la rencontre'), ('missed', "n'a pas assisté à la rencontre"), ('revised', 'a vu son résultat révisé'), ('moved', 'a changé de version'), ('undone', 'a vu des gestes repris')], max_length=10, verbose_name='geste'),
        ),
        migrations.AddConstraint(
            model_name='learningevent',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['opened', 'answered', 'chose', 'noted', 'pledged', 'played', 'completed', 'attended', 'missed', 'revised', 'moved', 'undone'])), name='enrollments_verb_known'),
        ),
    ]
