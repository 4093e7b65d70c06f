"""What everybody may read: protected figures by dong, as released with the newest run."""

from dataclasses import dataclass

import polars as pl

from sunra.platform.places import selectors as places
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.selectors.statistics.stored import table


@dataclass(frozen=True, slots=True)
class Area:
    """One dong: events by family and ``total``, None where the figure is withheld."""

    dong: str
    name: str
    district: str
    total: int | None
    families: dict[str, int | None]


@dataclass(frozen=True, eq=False)
class AreaFigures:
    """All areas of the newest release and the year they stand for."""

    run: StatisticsRun
    areas: tuple[Area, ...]
    year: str


def area_figures() -> AreaFigures | None:
    """The newest release; nothing but a release's own protected table is read here."""
    run = StatisticsRun.objects.filter(released=True).order_by("-created").first()
    if run is None:
        return None
    found: pl.DataFrame = table(run, "public")
    if found.is_empty():
        return None
    names = dict(
        places.dongs()
        .filter(code__in=found["dong"].drop_nulls().unique().to_list())
        .values_list("code", "name")
    )
    totals: dict[str, int | None] = {}
    families: dict[str, dict[str, int | None]] = {}
    year = max(found["year"].to_list())
    rows = found.filter(pl.col("dong").is_not_null(), pl.col("year") == year)
    for dong, family, shown in rows.select("dong", "family", "shown").iter_rows():
        if family is None:
            totals[dong] = shown
        else:
            families.setdefault(dong, {})[family] = shown
    rough = set(table(run, "coarse")["area"].to_list()) if "coarse" in run.tables else set()
    areas = tuple(
        Area(dong, names.get(dong, dong), dong[:5], totals.get(dong), families.get(dong, {}))
        for dong in sorted(families)
        if dong not in rough  # what is known to an 행정동 alone is no area of its own here
    )
    return AreaFigures(run, areas, year)
