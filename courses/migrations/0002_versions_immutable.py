"""A published version never changes: learners' progress and proofs rest on it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION courses_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'a published course version is immutable'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER courses_version_immutable BEFORE UPDATE OR DELETE ON courses_courseversion
                    FOR EACH ROW EXECUTE FUNCTION courses_version_immutable();
            """,
            reverse_sql="""
                DROP TRIGGER courses_version_immutable ON courses_courseversion;
                DROP FUNCTION courses_version_immutable();
            """,
        )
    ]
