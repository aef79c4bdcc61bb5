from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0009_watch_appointments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='viewing',
            name='audit_screen_known',
        ),
        migrations.AlterField(
            model_name='viewing',
            name='screen',
            field=models.CharField(choices=[('team', 'la liste « Mes gens »'), ('team_file', 'un fichier tiré de « Mes gens »'), ('group', 'une inscription de groupe'), ('nudge', 'la page des relances'), ('papers', 'la saisie des feuilles de réponses'), ('proofs', 'la liste des attestations'), ('proofs_file', 'le fichier des preuves de l’année'), ('mandates', 'la liste des mandats'), ('mandate', 'votre mandat'), ('council', 'la page du conseil'), ('duties', 'la liste des formations que la loi demande au conseil'), ('cards', 'la page des cartes d’accès'), ('responsables', 'la liste des responsables'), ('import', 'une liste importée'), ('import_result', 'le fichier de résultat d’une liste importée'), ('attendance', 'la feuille de présence'), ('questions', 'les questions à la formatrice'), ('appointments', 'les rendez-vous d’accompagnement'), ('admin_list', 'une liste de l’administration'), ('admin_record', 'votre fiche dans l’administration')], max_length=16, verbose_name='quoi'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.CheckConstraint(condition=models.Q(('screen__in', ['team', 'team_file', 'group', 'nudge', 'papers', 'proofs', 'proofs_file', 'mandates', 'mandate', 'council', 'duties', 'cards', 'responsables', 'import', 'import_result', 'attendance', 'questions', 'appointments', 'admin_list', 'admin_record'])), name='audit_screen_known'),
        ),
    ]
