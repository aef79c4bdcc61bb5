"""Keys of names with ł, ø or letters of another script, which had none: they are looked up by."""

from django.db import migrations

from atn_platform.core.french import sort_key


def rewrite(apps, schema_editor):
    users = apps.get_model("accounts", "User").objects
    for user in users.only("first_name", "last_name", "sort_key").iterator():
        key = sort_key(f"{user.last_name} {user.first_name}")
        if key != user.sort_key:
            users.filter(pk=user.pk).update(sort_key=key)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_follow_united_accounts")]

    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
