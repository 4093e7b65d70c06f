"""Personal fields of risk: what residents wrote when they asked for a patrol."""

from sunra.platform.base import personal

KEPT_DAYS = 90

personal.declare("risk.Asking", "asker", "landmark", "note", subject="resident", retention_days=KEPT_DAYS)
