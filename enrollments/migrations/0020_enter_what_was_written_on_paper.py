import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0016_first_words_to_explain'),
        ('enrollments', '0019_entrust_municipalities'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='modifié le')),
                ('uuid', models.UUIDField(unique=True, verbose_name='identifiant')),
                ('filled_on', models.DateField(verbose_name='remplie le')),
                ('answers', models.PositiveSmallIntegerField(verbose_name='réponses')),
                ('lessons', models.PositiveSmallIntegerField(verbose_name='leçons terminées')),
                ('entered_at', models.DateTimeField(verbose_name='saisie le')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='annulée le')),
            ],
            options={
                'verbose_name': 'feuille de réponses saisie',
                'verbose_name_plural': 'feuilles de réponses saisies',
            },
        ),
        migrations.RemoveConstraint(
            model_name='learningevent',
            name='enrollments_verb_known',
        ),
        migrations.AlterField(
            model_name='learningevent',
            name='verb',
            field=models.CharField(choices=[('opened', 'a ouvert la leçon'), ('answered', 'a répondu au questionnaire'), ('chose', 'a choisi dans le scénario'), ('noted', 'a noté sa réflexion'), ('played', 'a fait une partie d’un module interactif'), ('completed', 'a terminé la leçon'), ('attended', 'a assisté à la rencontre'), ('missed', "n'a pas assisté à la rencontre"), ('revised', 'a vu son résultat révisé'), ('moved', 'a changé de version'), ('undone', 'a vu des gestes repris')], max_length=10, verbose_name='geste'),
        ),
        migrations.AddConstraint(
            model_name='learningevent',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['opened', 'answered', 'chose', 'noted', 'played', 'completed', 'attended', 'missed', 'revised', 'moved', 'undone'])), name='enrollments_verb_known'),
        ),
        migrations.AddField(
            model_name='papersheet',
            name='enrollment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='enrollments.enrollment', verbose_name='inscription'),
        ),
        migrations.AddField(
            model_name='papersheet',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saisie par'),
        ),
        migrations.AddField(
            model_name='papersheet',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='annulée par'),
        ),
        migrations.AddField(
            model_name='papersheet',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.courseversion', verbose_name='version de la feuille'),
        ),
        migrations.AddConstraint(
            model_name='papersheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='enrollments_sheet_undone_by'),
        ),
    ]
