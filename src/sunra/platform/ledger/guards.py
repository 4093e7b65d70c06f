"""Triggers that refuse to alter or delete records: the database's own word, beside the hash chain.

A record may be deleted only when its segment has been marked expired, which is final; the marking carries
a signature that :mod:`verify` checks, so that a false one is found.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE = {
    "ledger_record_no_update": """
        CREATE TRIGGER ledger_record_no_update BEFORE UPDATE ON ledger_record
        BEGIN SELECT RAISE(ABORT, 'ledger records are never altered'); END""",
    "ledger_record_no_delete": """
        CREATE TRIGGER ledger_record_no_delete BEFORE DELETE ON ledger_record
        WHEN (SELECT state FROM ledger_segment WHERE id = OLD.segment_id) IS NOT 'expired'
        BEGIN SELECT RAISE(ABORT, 'ledger records are deleted by expiry alone'); END""",
    "ledger_segment_no_delete": """
        CREATE TRIGGER ledger_segment_no_delete BEFORE DELETE ON ledger_segment
        BEGIN SELECT RAISE(ABORT, 'ledger segments stay'); END""",
    "ledger_segment_final": """
        CREATE TRIGGER ledger_segment_final BEFORE UPDATE ON ledger_segment
        WHEN OLD.state = 'expired' OR NEW.start_hash <> OLD.start_hash OR NEW.first_seq <> OLD.first_seq
        OR NEW.month <> OLD.month OR NEW.chain_id <> OLD.chain_id
        OR (OLD.end_hash <> '' AND NEW.end_hash <> OLD.end_hash)
        BEGIN SELECT RAISE(ABORT, 'a closed ledger segment is final'); END""",
}

_POSTGRES = """
CREATE OR REPLACE FUNCTION ledger_guard_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND (SELECT state FROM ledger_segment WHERE id = OLD.segment_id) = 'expired' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'ledger records are never altered, and deleted by expiry alone';
END $$;
CREATE OR REPLACE FUNCTION ledger_guard_segment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'ledger segments stay';
  END IF;
  IF OLD.state = 'expired' OR NEW.start_hash <> OLD.start_hash OR NEW.first_seq <> OLD.first_seq
     OR NEW.month <> OLD.month OR NEW.chain_id <> OLD.chain_id
     OR (OLD.end_hash <> '' AND NEW.end_hash <> OLD.end_hash) THEN
    RAISE EXCEPTION 'a closed ledger segment is final';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION ledger_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is never truncated'; END $$;
CREATE TRIGGER ledger_record_guard BEFORE UPDATE OR DELETE ON ledger_record
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_record();
CREATE TRIGGER ledger_record_truncate BEFORE TRUNCATE ON ledger_record
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
CREATE TRIGGER ledger_segment_guard BEFORE UPDATE OR DELETE ON ledger_segment
  FOR EACH ROW EXECUTE FUNCTION ledger_guard_segment();
CREATE TRIGGER ledger_segment_truncate BEFORE TRUNCATE ON ledger_segment
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();
"""
_POSTGRES_DROP = """
DROP TRIGGER IF EXISTS ledger_record_guard ON ledger_record;
DROP TRIGGER IF EXISTS ledger_record_truncate ON ledger_record;
DROP TRIGGER IF EXISTS ledger_segment_guard ON ledger_segment;
DROP TRIGGER IF EXISTS ledger_segment_truncate ON ledger_segment;
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place (migration; tests that try them)."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES)
        else:
            for statement in _SQLITE.values():
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away: for a test database, which must be emptied between tests."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_DROP)
        else:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether the records' triggers are there."""
    tables = {
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE %s AND tgenabled <> 'D'",
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    }
    with connection.cursor() as cursor:
        cursor.execute(tables[connection.vendor], ["ledger_record_%"])
        return bool(cursor.fetchone()[0] >= 2)
