"""Opened datasets to test with: cameras of a small district, streets, events."""

import polars as pl

from sunra.core.geo.districts import districts
from sunra.engine import store
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.home import home
from sunra.platform.places.models import PlaceEvent
from sunra.platform.places.services import publish
from sunra.systems.sharing.models import Dataset, Opening, StatisticsRun, Vintage
from sunra.systems.sharing.opened import files
from sunra.systems.sharing.services import opendata
from sunra.systems.sharing.services.vintages import source_of
from tests.platform.accounts.people import make_actor
from tests.systems import nights

WORDS = opendata.Words("부산 중구 CCTV", "CCTV of Jung-gu", "구청이 관리하는 카메라", "좌표는 10 m 안쪽")


def cameras(agency: Agency, *, rows: int = 40, demo: bool = False, title: str = "cctv") -> Dataset:
    """A dataset of published cameras, the first without coordinates, one with a formula for a name."""
    dataset = Dataset.objects.create(agency=agency, kind="cctv", title=title, demo=demo)
    points = nights.points(rows)
    frame = pl.DataFrame(
        [
            {
                "key": f"{agency.id}-{number}",
                "name": "=1+1" if number == 1 else f"카메라 {number}",
                "lon": None if number == 0 else lon,
                "lat": None if number == 0 else lat,
                "dong": "2611010100",
                "cameras": 1 + number % 3,
                "purpose": "방범" if number % 2 else "교통",
                "address": f"부산광역시 중구 {number}",
                "reference_date": "2026-10-01",
                "precision": "dong" if number == 0 else "point",
                "unexplained": "secret",
            }
            for number, (lon, lat) in enumerate(points)
        ],
        infer_schema_length=None,
    )
    _vintage(agency, dataset, rows)
    _publish(agency, dataset, "facility", frame, demo=demo)
    return dataset


def streets(agency: Agency) -> Dataset:
    """A dataset of three streets along one parallel."""
    dataset = Dataset.objects.create(agency=agency, kind="road", title="streets")
    frame = pl.DataFrame(
        [
            {
                "key": str(n),
                "dong": "",
                "level": "local",
                "geometry": [[129.0 + n / 50, 35.1], [129.01 + n / 50, 35.1]],
            }
            for n in range(3)
        ]
    )
    _publish(agency, dataset, "street", frame)
    return dataset


def calls(agency: Agency) -> Dataset:
    """A dataset of calls, and a released year of the dongs around: one figure withheld, one beyond."""
    dataset = Dataset.objects.create(agency=agency, kind="call112", title="calls")
    nights.with_events(agency, count=3)
    PlaceEvent.objects.filter(agency=agency).update(source=source_of(dataset))
    codes = [dong.code for dong in districts().dongs(nights.DISTRICT)[:6]]
    rows = [
        {"dong": code, "family": family, "year": "2025", "shown": None if number == 0 else 5 + number}
        for number, code in enumerate([*codes, f"{nights.NEIGHBOUR}10100"])
        for family in (None, "theft", "traffic")
    ]
    run = StatisticsRun.objects.create(
        agency=agency, folder=f"statistics/{dataset.id}", code_version="1", released=True
    )
    store.write(home() / run.folder / "public.parquet", pl.DataFrame(rows, infer_schema_length=None), {})
    return dataset


def stations(agency: Agency) -> Dataset:
    """A table of figures by station, one of them small."""
    dataset = Dataset.objects.create(agency=agency, kind="crime_table", title="stations")
    vintage = _vintage(agency, dataset, 12)
    vintage.counts = [
        {
            "station": station,
            "year": 2025,
            "category": category,
            "count": 2 if (s, c) == (0, 0) else 40 + 7 * s + c,
        }
        for s, station in enumerate(("중부", "동래", "영도", "해운대"))
        for c, category in enumerate(("절도", "폭력", "강도"))
    ]
    vintage.save(update_fields=["counts"])
    return dataset


def officer(agency: Agency) -> Actor:
    """Who may open."""
    return make_actor("data_officer", agency)


def opened(dataset: Dataset, *, licence: str = "KOGL-1", made: bool = False, **more: object) -> Opening:
    """The dataset opened; with ``made`` its files too."""
    opening = opendata.open_dataset(
        actor=officer(dataset.agency), dataset_id=dataset.id, licence=licence, words=WORDS, **more
    )
    if made:
        opendata.keep_files(opening_id=opening.id, sizes=files.build(opening))
        opening.refresh_from_db()
    return opening


def _vintage(agency: Agency, dataset: Dataset, rows: int) -> Vintage:
    return Vintage.objects.create(
        agency=agency, dataset=dataset, file_name="a.csv", sha256="0" * 64, reader="1", kind=dataset.kind,
        rows=rows + 3, accepted=rows, merged=1, quarantined=2, published=rows,
        placed={"point": rows - 1, "dong": 1}, reference_date="2026-10-01",
    )  # fmt: skip


def _publish(
    agency: Agency, dataset: Dataset, layer: str, frame: pl.DataFrame, *, demo: bool = False
) -> None:
    publish(
        actor=nights.job(agency), agency_id=agency.id, layer=layer, kind=dataset.kind,
        source=source_of(dataset), frame=frame, demo=demo,
    )  # fmt: skip


def first_feature(opening: Opening) -> int:
    """The number of the first feature of an opening of places."""
    from sunra.systems.sharing.opened import features
    from sunra.systems.sharing.opened.collection import of_opening

    return int(next(features.every(of_opening(opening)))["id"])
