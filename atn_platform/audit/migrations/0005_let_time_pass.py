"""Retention alone deletes old entries, and erasure empties what they quote (core/purging.py)."""

from django.db import migrations

SQL = """
    CREATE OR REPLACE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {allowed}
        RAISE EXCEPTION 'the journal is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
"""
ALLOWED = """IF current_setting('atn.purging', true) = 'on' THEN
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            IF (OLD.id, OLD.at, OLD.verb, OLD.target) = (NEW.id, NEW.at, NEW.verb, NEW.target)
                AND OLD.actor_id IS NOT DISTINCT FROM NEW.actor_id
                AND NEW.details = OLD.details - 'before'
            THEN
                RETURN NEW;
            END IF;
        END IF;"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_viewings_append_only")]

    operations = [
        migrations.RunSQL(
            sql=SQL.replace("{allowed}", ALLOWED), reverse_sql=SQL.replace("{allowed}", "")
        ),
    ]
