-- The two roles of a Gatehouse on PostgreSQL. A superuser runs this with psql in the database of Gatehouse: before `gatehouse init`,
-- which then works as gatehouse_admin, again after it, and after each upgrade. It may run as often as you like.
--
--     sudo -u postgres psql --dbname=gatehouse --file=/usr/share/gatehouse/roles.sql
--
-- gatehouse_admin  owns everything: for the console, the command line, and upgrades of the schema.
-- gatehouse_check  reads, and writes what checks leave behind: for `gatehouse serve` and `gatehouse verify`. It can make no token and
--                  change no account, nor can it read the key slots, without which no sealed copy opens. It can revoke.
--
-- Neither has a password yet: use `\password gatehouse_check`, or certificates, or let pg_hba.conf say how they log in.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages TO notice;

BEGIN;

DO $$
DECLARE
    schema CONSTANT text := current_schema();
    thing  text;
BEGIN
    IF current_database() IN ('postgres', 'template0', 'template1') THEN
        RAISE EXCEPTION 'name the database of Gatehouse: psql --dbname=gatehouse';
    END IF;
    FOREACH thing IN ARRAY ARRAY['gatehouse_admin', 'gatehouse_check'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = thing) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', thing);
        END IF;
    END LOOP;

    -- Nobody else connects, and nobody else makes functions or tables that one of ours could be mistaken for.
    EXECUTE format('ALTER DATABASE %I OWNER TO gatehouse_admin', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO gatehouse_check', current_database());
    EXECUTE format('ALTER SCHEMA %I OWNER TO gatehouse_admin', schema);
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', schema);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO gatehouse_check', schema);

    IF to_regclass('gatehouse') IS NULL THEN
        RAISE NOTICE 'There is no Gatehouse in this database yet: run gatehouse init as gatehouse_admin, and then this again.';
        RETURN;
    END IF;

    -- What another role has made, if it made the database.
    FOR thing IN
        SELECT format('TABLE %s', c.oid::regclass) FROM pg_class c
        WHERE c.relnamespace = quote_ident(schema)::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT format('FUNCTION %s', p.oid::regprocedure) FROM pg_proc p
        WHERE p.pronamespace = quote_ident(schema)::regnamespace AND p.prokind = 'f'
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('OPERATOR %s', o.oid::regoperator) FROM pg_operator o WHERE o.oprnamespace = quote_ident(schema)::regnamespace
    LOOP
        EXECUTE format('ALTER %s OWNER TO gatehouse_admin', thing);
    END LOOP;

    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM gatehouse_check', schema);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO gatehouse_check', schema);
    REVOKE SELECT ON key_slot FROM gatehouse_check;
    -- Uses, denials, and the alarm of a canary.
    GRANT UPDATE (commits) ON gatehouse TO gatehouse_check;
    GRANT UPDATE (last_used) ON account TO gatehouse_check;
    GRANT UPDATE (last_used, last_from, denied, denied_from, denied_why) ON token TO gatehouse_check;
    GRANT INSERT ON event TO gatehouse_check;
    -- A revocation by whoever holds the token.
    GRANT UPDATE (revoked, box) ON token TO gatehouse_check;
    GRANT UPDATE (dead) ON digest TO gatehouse_check;
    GRANT UPDATE (tokens) ON account TO gatehouse_check;
    GRANT UPDATE (value) ON counter TO gatehouse_check;

    -- With that, nobody brings a revoked token back, or makes a check believe what was true before.
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        RAISE insufficient_privilege USING MESSAGE = 'a revoked token stays revoked, and the generation only grows';
    END $body$;
    ALTER FUNCTION refuse_change() OWNER TO gatehouse_admin;
    CREATE OR REPLACE TRIGGER stays_dead BEFORE UPDATE ON digest FOR EACH ROW
        WHEN (old.dead <> 0 AND new.dead = 0) EXECUTE FUNCTION refuse_change();
    CREATE OR REPLACE TRIGGER only_grows BEFORE UPDATE ON counter FOR EACH ROW
        WHEN (old.name = 'generation' AND new.value < old.value) EXECUTE FUNCTION refuse_change();
END $$;

COMMIT;
