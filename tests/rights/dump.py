"""Every text that the database holds, table by table."""

from django.apps import apps
from django.db import connection


def texts() -> dict[str, str]:
    """The rows of each table as PostgreSQL writes them; bytes are shown as the text they hold."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            rows = [row for (row,) in cursor.fetchall()]
            for field in model._meta.local_concrete_fields:
                if field.get_internal_type() == "BinaryField":
                    column = connection.ops.quote_name(field.column)
                    cursor.execute(f"SELECT encode({column}, 'escape') FROM {table}")
                    rows += [str(value) for (value,) in cursor.fetchall()]
            found[model._meta.label] = "\n".join(rows)
    return found


def tables_saying(*words: str) -> dict[str, set[str]]:
    """Which words stand in which tables, whatever their case; the ones that say nothing left out."""
    found = {
        label: {word for word in words if word.lower() in text.lower()}
        for label, text in texts().items()
    }
    return {label: said for label, said in found.items() if said}
