"""The ledger's personal fields: public ids of those who looked."""

from sunra.platform.base.personal import declare

declare("ledger.Record", "actor_id", subject="staff", retention_days=3 * 365, erasure="keep_until_retention")
