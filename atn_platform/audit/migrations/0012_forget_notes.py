"""Erasure also empties why an attestation was issued again, which ATN writes in its own words."""

from django.db import migrations

SQL = """
    CREATE OR REPLACE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('atn.purging', true) = 'on' THEN
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            IF (OLD.id, OLD.at, OLD.verb, OLD.target) = (NEW.id, NEW.at, NEW.verb, NEW.target)
                AND OLD.actor_id IS NOT DISTINCT FROM NEW.actor_id
                AND NEW.details IN ({allowed})
            THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the journal is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
"""
BEFORE = "OLD.details - 'before'"


class Migration(migrations.Migration):
    dependencies = [("audit", "0011_watch_claims")]

    operations = [
        migrations.RunSQL(
            sql=SQL.replace("{allowed}", f"{BEFORE}, OLD.details - 'note'"),
            reverse_sql=SQL.replace("{allowed}", BEFORE),
        ),
    ]
