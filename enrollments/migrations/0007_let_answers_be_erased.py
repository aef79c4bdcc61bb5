"""Erasure and retention alone delete from the ledger (core/purging.py)."""

from django.db import migrations

SQL = """
    CREATE OR REPLACE FUNCTION enrollments_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {allowed}
        RAISE EXCEPTION 'the learning ledger is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
"""
ALLOWED = """IF TG_OP = 'DELETE' AND current_setting('atn.purging', true) = 'on' THEN
            RETURN OLD;
        END IF;"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0006_enroll_groups")]

    operations = [
        migrations.RunSQL(
            sql=SQL.replace("{allowed}", ALLOWED), reverse_sql=SQL.replace("{allowed}", "")
        ),
    ]
