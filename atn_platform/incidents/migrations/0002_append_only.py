"""The register only grows: nobody changes or deletes an incident or an entry."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION incidents_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the register of incidents is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER incidents_append_only BEFORE UPDATE OR DELETE ON incidents_incident
                    FOR EACH ROW EXECUTE FUNCTION incidents_append_only();
                CREATE TRIGGER incidents_append_only BEFORE UPDATE OR DELETE ON incidents_incidententry
                    FOR EACH ROW EXECUTE FUNCTION incidents_append_only();
            """,
            reverse_sql="""
                DROP TRIGGER incidents_append_only ON incidents_incidententry;
                DROP TRIGGER incidents_append_only ON incidents_incident;
                DROP FUNCTION incidents_append_only();
            """,
        )
    ]
