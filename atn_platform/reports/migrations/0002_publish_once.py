from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_keep_figures_of_the_past")]

    operations = [
        migrations.CreateModel(
            name="PublishedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="créé le")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="modifié le")),
                ("period", models.CharField(max_length=7, verbose_name="période")),
                (
                    "lay",
                    models.CharField(blank=True, max_length=32, verbose_name="découpage"),
                ),
                ("people", models.JSONField(verbose_name="personnes")),
                ("places", models.JSONField(verbose_name="municipalités")),
                ("minutes", models.PositiveBigIntegerField(verbose_name="minutes")),
                (
                    "before",
                    models.PositiveIntegerField(
                        verbose_name="municipalités de la période d’avant"
                    ),
                ),
                (
                    "cohort",
                    models.JSONField(
                        blank=True,
                        null=True,
                        verbose_name="inscriptions commencées et terminées",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure publiée",
                "verbose_name_plural": "figures publiées",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "lay"), name="reports_published_once"
                    )
                ],
            },
        ),
    ]
