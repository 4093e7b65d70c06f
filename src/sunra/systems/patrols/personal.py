"""Personal fields of patrol members."""

from sunra.platform.base import personal

personal.declare("patrols.Member", "name", "role", "joined", subject="member", retention_days=365)
