from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_let_people_choose_a_language")]

    operations = [
        migrations.AddField(
            "user",
            "address_confirmed_on",
            models.DateField(
                blank=True, editable=False, null=True, verbose_name="adresse confirmée le"
            ),
        ),
    ]
