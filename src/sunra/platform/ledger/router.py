"""Keeps the ledger's tables in the ledger's own database, and nothing else there."""

from typing import Any

from django.db.models import Model


def _app(model: Model | type[Model]) -> str:
    return model._meta.app_label  # noqa: SLF001 - Django documents _meta


class LedgerRouter:
    """Routes the ``ledger`` app to the database alias of the same name."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """The ledger's rows come from its own database."""
        return "ledger" if _app(model) == "ledger" else None

    db_for_write = db_for_read

    def allow_relation(self, obj1: Model, obj2: Model, **_hints: Any) -> bool | None:
        """No foreign key crosses the border."""
        ours = {_app(obj1) == "ledger", _app(obj2) == "ledger"}
        return False if len(ours) == 2 else None

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Only the ledger migrates there, and only there."""
        return (db == "ledger") == (app_label == "ledger")
