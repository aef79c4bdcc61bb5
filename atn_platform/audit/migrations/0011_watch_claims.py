"""One more screen and one more capacity.

To take it back, as the migrations that named screens before it, is possible until a line of the
log bears the new name: lines never change, and the older constraint refuses them.
"""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0010_watch_answer_sheets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='viewing',
            name='audit_capacity_known',
        ),
        migrations.RemoveConstraint(
            model_name='viewing',
            name='audit_screen_known',
        ),
        migrations.AlterField(
            model_name='viewing',
            name='capacity',
            field=models.CharField(choices=[('responsible', 'responsable de la formation'), ('giver', 'animation de la rencontre'), ('coach', 'accompagnement'), ('administrator', 'administration d’ATN'), ('coordinator', 'coordination à l’UMQ')], max_length=16, verbose_name='à quel titre'),
        ),
        migrations.AlterField(
            model_name='viewing',
            name='screen',
            field=models.CharField(choices=[('team', 'la liste « Mes gens »'), ('team_file', 'un fichier tiré de « Mes gens »'), ('group', 'une inscription de groupe'), ('nudge', 'la page des relances'), ('papers', 'la saisie des feuilles de réponses'), ('proofs', 'la liste des attestations'), ('proofs_file', 'le fichier des preuves de l’année'), ('mandates', 'la liste des mandats'), ('mandate', 'votre mandat'), ('council', 'la page du conseil'), ('duties', 'la liste des formations que la loi demande au conseil'), ('cards', 'la page des cartes d’accès'), ('responsables', 'la liste des responsables'), ('import', 'une liste importée'), ('import_result', 'le fichier de résultat d’une liste importée'), ('attendance', 'la feuille de présence'), ('questions', 'les questions à la formatrice'), ('appointments', 'les rendez-vous d’accompagnement'), ('claims', 'les demandes de responsabilité'), ('admin_list', 'une liste de l’administration'), ('admin_record', 'votre fiche dans l’administration')], max_length=16, verbose_name='quoi'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__in', ['responsible', 'giver', 'coach', 'administrator', 'coordinator'])), name='audit_capacity_known'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.CheckConstraint(condition=models.Q(('screen__in', ['team', 'team_file', 'group', 'nudge', 'papers', 'proofs', 'proofs_file', 'mandates', 'mandate', 'council', 'duties', 'cards', 'responsables', 'import', 'import_result', 'attendance', 'questions', 'appointments', 'claims', 'admin_list', 'admin_record'])), name='audit_screen_known'),
        ),
    ]
