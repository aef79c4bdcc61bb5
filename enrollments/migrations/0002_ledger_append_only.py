"""The ledger is append-only: progress, reports and proofs are its projections."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION enrollments_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the learning ledger is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER enrollments_ledger_append_only BEFORE UPDATE OR DELETE ON enrollments_learningevent
                    FOR EACH ROW EXECUTE FUNCTION enrollments_ledger_append_only();
            """,
            reverse_sql="""
                DROP TRIGGER enrollments_ledger_append_only ON enrollments_learningevent;
                DROP FUNCTION enrollments_ledger_append_only();
            """,
        )
    ]
