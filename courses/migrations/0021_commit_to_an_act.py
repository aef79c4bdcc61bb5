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
    ("pledge", "geste à poser chez nous"),
    ("scenario", "scénario"),
    ("package", "module interactif"),
    ("quiz", "questionnaire"),
]


class Migration(migrations.Migration):
    dependencies = [("courses", "0020_keep_pictures_in_the_bank")]

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
