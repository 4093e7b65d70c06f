"""Lineage: which dataset, vintage and file each counted row came from."""

from typing import Any
from uuid import UUID

from sunra.systems.sharing.models import Dataset, Vintage
from sunra.systems.sharing.services import population
from sunra.systems.sharing.services.statistics.gather import Gathered
from sunra.systems.sharing.services.vintages import source_of


def lineage_of(found: Gathered) -> list[dict[str, Any]]:
    """One entry per layer, source, vintage and kind: what it is called, its rows, and how many were used."""
    vintages = _vintages({vintage for _layer, _source, vintage, _kind, _demo in found.used})
    entries = []
    for (layer, source, vintage, kind, demo), rows in sorted(found.used.items()):
        known = vintages.get(vintage)
        entries.append(
            {
                "layer": layer,
                "kind": kind,
                "source": source,
                "vintage": vintage if known else "",
                "dataset": str(known.dataset_id) if known else "",
                "agency": known.agency.name if known else "",
                "agency_id": str(known.agency_id) if known else "",
                "title": known.dataset.title if known else source,
                "file": known.file_name if known else "",
                "sha256": known.sha256 if known else "",
                "reference_date": str(known.reference_date) if known and known.reference_date else "",
                "rows": known.rows if known else rows,
                "used": rows,
                "demo": demo,
            }
        )
    files = _in_use({one["source"] for one in found.resident_sources})
    return [*entries, *(_residents(one, files.get(one["source"])) for one in found.resident_sources)]


def _vintages(ids: set[str]) -> dict[str, Vintage]:
    wanted = []
    for one in ids:
        try:
            wanted.append(UUID(one))
        except ValueError:  # a source that is no vintage of the catalogue
            continue
    rows = Vintage.objects.select_related("dataset", "agency").defer("counts").filter(id__in=wanted)
    return {str(row.id): row for row in rows}


def _in_use(sources: set[str]) -> dict[str, Vintage]:
    """The vintage in use of each source that is a dataset of the catalogue, the newest of several."""
    known = {source_of(row): row.id for row in Dataset.objects.filter(kind=population.KIND).only("id")}
    ids = [known[source] for source in sources if source in known]
    rows = Vintage.objects.select_related("dataset", "agency").defer("counts")
    found = rows.filter(dataset_id__in=ids, state=Vintage.State.PUBLISHED).order_by("created")
    return {source_of(row.dataset): row for row in found}


def _residents(one: dict[str, Any], known: Vintage | None) -> dict[str, Any]:
    return {
        "layer": "residents", "kind": population.KIND, "source": one["source"],
        "vintage": str(known.id) if known else "", "dataset": str(known.dataset_id) if known else "",
        "agency": known.agency.name if known else "", "agency_id": str(known.agency_id) if known else "",
        "title": known.dataset.title if known else one["source"], "file": known.file_name if known else "",
        "sha256": known.sha256 if known else "", "reference_date": str(one["as_of"] or ""),
        "rows": known.rows if known else one["rows"], "used": one["rows"], "demo": one["demo"],
    }  # fmt: skip
