"""Consents are proof: a withdrawal is written once, and nothing else ever changes.

Deleting is refused too, except to the retention job, which says so for the time of its transaction
(core/purging.py).
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION consents_history_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'DELETE' AND current_setting('atn.purging', true) = 'on' THEN
                        RETURN OLD;
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
                        AND (OLD.user_id, OLD.purpose, OLD.version, OLD.words, OLD.given_at, OLD.given_by)
                            = (NEW.user_id, NEW.purpose, NEW.version, NEW.words, NEW.given_at, NEW.given_by)
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'consents are history: a withdrawal is written once'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER consents_history_immutable BEFORE UPDATE OR DELETE ON consents_consent
                    FOR EACH ROW EXECUTE FUNCTION consents_history_immutable();
            """,
            reverse_sql="""
                DROP TRIGGER consents_history_immutable ON consents_consent;
                DROP FUNCTION consents_history_immutable();
            """,
        )
    ]
