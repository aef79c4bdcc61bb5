"""The journal is append-only."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the journal is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
                    FOR EACH ROW EXECUTE FUNCTION audit_entry_append_only();
            """,
            reverse_sql="""
                DROP TRIGGER audit_entry_append_only ON audit_entry;
                DROP FUNCTION audit_entry_append_only();
            """,
        )
    ]
