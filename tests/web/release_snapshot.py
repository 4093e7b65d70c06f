"""A release's databases in small: which migrations had run, and some rows of every table, for any vendor.

``python -m tests.web.release_snapshot write FOLDER`` writes one from a demonstration installation, and
``... load FOLDER`` brings one to the present release in an empty installation (``SUNRA_HOME``,
``DATABASE_URL``).
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

KEPT = 50
DATABASES = ("default", "ledger")
Row = dict[str, Any]


def write(folder: Path) -> None:
    """Write ``folder``/snapshot.json; tables to which no other points keep their first 50 rows."""
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    from sunra.platform.agencies.models import Agency

    if Agency.objects.filter(demo=False).exists():
        sys.exit("this installation holds an agency that is not part of a demonstration")
    snapshot = {}
    for alias in DATABASES:
        applied = sorted(MigrationRecorder(connections[alias]).applied_migrations())
        rows = {label(m): list(_rows(m, alias)) for m in _models(alias, applied)}
        snapshot[alias] = {
            "migrations": applied,
            "rows": {name: found for name, found in rows.items() if found},
        }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(snapshot, ensure_ascii=False, indent=0, sort_keys=True)
    (folder / "snapshot.json").write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> dict[str, int]:
    """Bring the snapshot to the present release; rows per table afterwards. The databases must be empty."""
    from django.db import connections

    from sunra.platform.base.databases import bring_up_to_date

    snapshot = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    for alias in DATABASES:
        applied = [(app, name) for app, name in snapshot[alias]["migrations"]]
        _migrate(alias, applied)
        _fill(alias, applied, snapshot[alias]["rows"])
    bring_up_to_date()
    for alias in DATABASES:
        connections[alias].check_constraints()
    return {
        label(m): m._base_manager.using(alias).count() for alias in DATABASES for m in _models(alias, None)
    }


def label(model: Any) -> str:
    """``app.Model``."""
    return str(model._meta.label)


def _models(alias: str, applied: Iterable[tuple[str, str]] | None) -> list[Any]:
    """The models of a database as the migrations knew them then, or (None) as they are now."""
    from django.apps import apps
    from django.db import connections, router
    from django.db.migrations.loader import MigrationLoader

    if applied is not None:
        loader = MigrationLoader(connections[alias])
        apps = loader.project_state([key for key in applied if key in loader.graph.nodes]).apps
    found = apps.get_models(include_auto_created=True)
    return [
        m for m in found if m._meta.managed and not m._meta.proxy and router.allow_migrate_model(alias, m)
    ]


def _rows(model: Any, alias: str) -> Iterable[Row]:
    rows = model._base_manager.using(alias).order_by("pk")
    pointed_at = any(r.auto_created and not r.hidden for r in model._meta.get_fields() if r.is_relation)
    for row in rows if alias == "ledger" or pointed_at or _hidden(model) else rows[:KEPT]:
        values = {f: f.value_from_object(row) for f in model._meta.concrete_fields}
        yield {f.attname: None if v is None else f.value_to_string(row) for f, v in values.items()}


def _hidden(model: Any) -> bool:
    """Whether some table points here without a name for the way back (``related_name="+"``)."""
    return any(
        r.hidden for r in model._meta.get_fields(include_hidden=True) if r.is_relation and r.auto_created
    )


def _migrate(alias: str, applied: list[tuple[str, str]]) -> None:
    from django.db import connections, router
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    ours = [key for key in applied if router.allow_migrate(alias, key[0])]
    for key in set(applied) - set(ours):  # of older releases, which walked through all apps' history
        executor.recorder.ensure_schema()
        executor.recorder.record_applied(*key)
    executor.loader.build_graph()
    followed = {parent.key for key in ours for parent in executor.loader.graph.node_map[key].parents}
    executor.migrate(sorted(set(ours) - followed))


def _fill(alias: str, applied: list[tuple[str, str]], rows: dict[str, list[Row]]) -> None:
    from django.core.management.color import no_style
    from django.db import connections, transaction

    models = _models(alias, applied)
    with transaction.atomic(using=alias):
        if alias != "ledger":  # what migrations write themselves comes back with the snapshot
            for model in models:
                everything = model._base_manager.using(alias).all()
                everything._raw_delete(alias)
        for model in models:
            fields = {f.attname: f for f in model._meta.concrete_fields}
            made = [
                model(**{name: None if v is None else fields[name].to_python(v) for name, v in row.items()})
                for row in rows.get(label(model), [])
            ]
            for row in made:
                row.save_base(raw=True, using=alias, force_insert=True)
    with connections[alias].cursor() as cursor:
        for statement in connections[alias].ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def main(words: list[str]) -> None:
    """``write FOLDER`` or ``load FOLDER``; loading prints JSON and fails when the ledger does not verify."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunra.web.settings")
    import django

    django.setup()
    verb, folder = words
    if verb == "write":
        write(Path(folder))
        return
    from sunra.platform.ledger.verify import verify

    counts = load(Path(folder))
    print(json.dumps({"rows": counts, "ledger": verify().ok}))


if __name__ == "__main__":
    main(sys.argv[1:])
