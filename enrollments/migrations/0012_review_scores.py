import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrollments', '0011_follow_one_person_s_two_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ScoreReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='modifié le')),
                ('wanted', models.TextField(verbose_name='ce qui étonne')),
                ('score', models.PositiveSmallIntegerField(verbose_name='résultat calculé (%)')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('due_on', models.DateField(verbose_name='réponse promise le')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='répondue le')),
                ('score_after', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='résultat révisé (%)')),
                ('reason', models.TextField(blank=True, verbose_name='raisons')),
            ],
            options={
                'verbose_name': 'demande de révision',
                'verbose_name_plural': 'demandes de révision',
            },
        ),
        migrations.RemoveConstraint(
            model_name='learningevent',
            name='enrollments_verb_known',
        ),
        migrations.AlterField(
            model_name='learningevent',
            name='verb',
            field=models.CharField(choices=[('opened', 'a ouvert la leçon'), ('answered', 'a répondu au questionnaire'), ('chose', 'a choisi dans le scénario'), ('noted', 'a noté sa réflexion'), ('completed', 'a terminé la leçon'), ('attended', 'a assisté à la rencontre'), ('missed', "n'a pas assisté à la rencontre"), ('revised', 'a vu son résultat révisé')], max_length=10, verbose_name='geste'),
        ),
        migrations.AddConstraint(
            model_name='learningevent',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['opened', 'answered', 'chose', 'noted', 'completed', 'attended', 'missed', 'revised'])), name='enrollments_verb_known'),
        ),
        migrations.AddField(
            model_name='scorereview',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='répondue par'),
        ),
        migrations.AddField(
            model_name='scorereview',
            name='enrollment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='score_reviews', to='enrollments.enrollment', verbose_name='inscription'),
        ),
        migrations.AddField(
            model_name='scorereview',
            name='event',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='review', to='enrollments.learningevent', verbose_name='essai'),
        ),
        migrations.AddIndex(
            model_name='scorereview',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['due_on'], name='enrollments_reviews_waiting'),
        ),
        migrations.AddConstraint(
            model_name='scorereview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('reason', ''), ('score_after__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='enrollments_review_answered_with_reasons'),
        ),
        migrations.AddConstraint(
            model_name='scorereview',
            constraint=models.CheckConstraint(condition=models.Q(('score_after__isnull', True), models.Q(('score_after__gt', models.F('score')), ('score_after__lte', 100)), _connector='OR'), name='enrollments_review_never_lowers'),
        ),
    ]
