from django.db import migrations, models

KINDS = [
    ("text", "texte"),
    ("callout", "encadré"),
    ("image", "image"),
    ("zones", "image à explorer"),
    ("video", "vidéo"),
    ("audio", "enregistrement sonore"),
    ("file", "fichier"),
    ("steps", "étapes"),
    ("table", "tableau"),
    ("message", "message annoté"),
    ("reflection", "réflexion"),
    ("scenario", "scénario"),
    ("package", "module interactif"),
    ("quiz", "questionnaire"),
]


class Migration(migrations.Migration):
    dependencies = [("courses", "0018_lay_out_steps_and_tables")]

    operations = [
        migrations.RemoveConstraint(model_name="block", name="courses_block_kind_known"),
        migrations.AlterField(
            model_name="block",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12, verbose_name="genre"),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, __ in KINDS]),
                name="courses_block_kind_known",
            ),
        ),
    ]
