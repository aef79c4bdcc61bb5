"""An erasure alone takes the name out of the facts, and empties the file (core/purging.py)."""

from django.db import migrations

FROZEN = """
    CREATE OR REPLACE FUNCTION certificates_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE'
            AND (OLD.enrollment_id, OLD.number, OLD.code, OLD.issued_at)
                = (NEW.enrollment_id, NEW.number, NEW.code, NEW.issued_at)
            AND OLD.supersedes_id IS NOT DISTINCT FROM NEW.supersedes_id
            AND (OLD.facts = NEW.facts {facts})
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the facts of a certificate are frozen'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE OR REPLACE FUNCTION certificates_file_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {file}
        RAISE EXCEPTION 'the file of a certificate is immutable'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
"""
ALLOWED = {
    "facts": """OR current_setting('atn.purging', true) = 'on'
                AND OLD.facts - '{name,function,name_imprint}'::text[]
                    = NEW.facts - '{name,function,name_imprint}'::text[]""",
    "file": """IF TG_OP = 'UPDATE' AND current_setting('atn.purging', true) = 'on'
            AND (OLD.certificate_id, OLD.sha256, OLD.rendered_at)
                = (NEW.certificate_id, NEW.sha256, NEW.rendered_at)
            AND NEW.content = ''
        THEN
            RETURN NEW;
        END IF;""",
}


def sql(allowed):
    return FROZEN.replace("{facts}", allowed["facts"]).replace("{file}", allowed["file"])


class Migration(migrations.Migration):
    dependencies = [("certificates", "0004_add_failures")]

    operations = [
        migrations.RunSQL(sql=sql(ALLOWED), reverse_sql=sql({"facts": "", "file": ""})),
    ]
