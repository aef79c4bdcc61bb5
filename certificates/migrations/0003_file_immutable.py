"""A certificate's bytes are rendered once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("certificates", "0002_frozen")]

    operations = [
        migrations.RunSQL(
            sql="""
                CREATE FUNCTION certificates_file_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the file of a certificate is immutable'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER certificates_file_immutable BEFORE UPDATE OR DELETE ON certificates_certificatefile
                    FOR EACH ROW EXECUTE FUNCTION certificates_file_immutable();
            """,
            reverse_sql="""
                DROP TRIGGER certificates_file_immutable ON certificates_certificatefile;
                DROP FUNCTION certificates_file_immutable();
            """,
        )
    ]
