from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0019_explore_pictures")]

    operations = [
        migrations.CreateModel(
            name="BankPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="nom")),
                ("file", models.FileField(max_length=200, upload_to="", verbose_name="fichier")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                ("content_type", models.CharField(max_length=80, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="taille (octets)")),
                ("width", models.PositiveIntegerField(blank=True, null=True, verbose_name="largeur")),
                ("height", models.PositiveIntegerField(blank=True, null=True, verbose_name="hauteur")),
                ("contrast", models.FloatField(blank=True, null=True, verbose_name="contraste")),
            ],
            options={
                "verbose_name": "image de la banque",
                "verbose_name_plural": "images de la banque",
            },
        ),
    ]
