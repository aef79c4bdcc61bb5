"""A certificate's facts never change; only its revocation may be written, once made."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION certificates_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'UPDATE'
                        AND (OLD.enrollment_id, OLD.number, OLD.code, OLD.facts, OLD.issued_at)
                            = (NEW.enrollment_id, NEW.number, NEW.code, NEW.facts, NEW.issued_at)
                        AND OLD.supersedes_id IS NOT DISTINCT FROM NEW.supersedes_id
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'the facts of a certificate are frozen'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER certificates_frozen BEFORE UPDATE OR DELETE ON certificates_certificate
                    FOR EACH ROW EXECUTE FUNCTION certificates_frozen();
            """,
            reverse_sql="""
                DROP TRIGGER certificates_frozen ON certificates_certificate;
                DROP FUNCTION certificates_frozen();
            """,
        )
    ]
