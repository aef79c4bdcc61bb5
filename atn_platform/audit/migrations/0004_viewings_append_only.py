"""The log of viewings is chained as it is written; nothing in it changes, or goes too soon."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_log_viewings")]

    operations = [
        migrations.RunSQL(
            # The lock makes a line of the writers, for as long as their transaction lasts: a page
            # writes its viewing last, on its own.
            sql="""
                CREATE FUNCTION audit_viewing_print(row_ audit_viewing) RETURNS text
                LANGUAGE sql STABLE AS $$
                    SELECT encode(sha256(convert_to(concat_ws('|', row_.previous, row_.id,
                        extract(epoch FROM row_.at), row_.reader_id, row_.capacity, row_.screen,
                        row_.place, array_to_string(row_.people, ',')), 'UTF8')), 'hex')
                $$;
                CREATE FUNCTION audit_viewing_chain() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_advisory_xact_lock(hashtext('audit_viewing'));
                    -- Taken under the lock, so that keys follow the chain.
                    NEW.id := nextval(pg_get_serial_sequence('audit_viewing', 'id'));
                    NEW.previous := coalesce(
                        (SELECT fingerprint FROM audit_viewing ORDER BY id DESC LIMIT 1), '');
                    NEW.fingerprint := audit_viewing_print(NEW);
                    RETURN NEW;
                END $$;
                CREATE FUNCTION audit_viewing_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '12 months' THEN
                        RETURN OLD;
                    END IF;
                    RAISE EXCEPTION 'the log of viewings is append-only'
                        USING ERRCODE = 'integrity_constraint_violation';
                END $$;
                CREATE TRIGGER audit_viewing_chain BEFORE INSERT ON audit_viewing
                    FOR EACH ROW EXECUTE FUNCTION audit_viewing_chain();
                CREATE TRIGGER audit_viewing_append_only BEFORE UPDATE OR DELETE ON audit_viewing
                    FOR EACH ROW EXECUTE FUNCTION audit_viewing_append_only();
            """,
            reverse_sql="""
                DROP TRIGGER audit_viewing_append_only ON audit_viewing;
                DROP TRIGGER audit_viewing_chain ON audit_viewing;
                DROP FUNCTION audit_viewing_append_only();
                DROP FUNCTION audit_viewing_chain();
                DROP FUNCTION audit_viewing_print(audit_viewing);
            """,
        )
    ]
