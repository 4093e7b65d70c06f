"""Every tabular and vector file of the collection is recognised or refused, and truly so."""

import pytest

from sunra.core.tables import TableRead
from sunra.core.tables.files import SIDECARS
from sunra.core.tables.reading import read_or_refuse
from tests.core.tables.truth import DOCUMENTS, TRUTH, Truth
from tests.shared import shared_data

pytestmark = pytest.mark.real_data

ELSEWHERE = (
    "korea/cctv/",
    "korea/lights/",
    "korea/bells/",
    "korea/police/",
    "korea/busan/12_04_08_E_CCTV정보.xlsx",
    "korea/busan/cctv.csv",
    "korea/roads_gangnam_juso/TL_SPRD_",
    "roads/seoul_walk_OA21208/11160_links",
    "roads/seoul_walk_OA21208/11240_links",
)
"""What `test_real` reads one by one; ``benchmarks/files.py`` reads every file again."""
HERE = [name for name in sorted(TRUTH) if not name.startswith(ELSEWHERE)]


def faults(result: TableRead, truth: Truth) -> list[str]:
    """What the reader says of a file that is not so, in words."""
    found = {"kind": result.kind, "encoding": result.encoding, "crs": result.crs, "rows": result.rows}
    said = [
        f"{field} is {value}, not {getattr(truth, field)}"
        for field, value in found.items()
        if value != getattr(truth, field)
    ]
    said += [
        f"{code} is {result.flags.get(code, 0)}, not {count}"
        for code, count in truth.flags.items()
        if result.flags.get(code, 0) != count
    ]
    if truth.merged is not None and result.merged != truth.merged:
        said.append(f"{result.merged} rows merged, not {truth.merged}")
    if result.rows != result.accepted + result.merged + result.quarantined:
        said.append("the rows do not balance")
    refusal = truth.refusal or "unknown_kind"
    if truth.why:
        given = result.reasons if result.rows else dict.fromkeys(result.warnings, 0)
        if given != {refusal: truth.rows}:
            said.append(f"refused for {given}, not for {refusal}")
    elif result.accepted <= result.rows // 20:
        said.append(f"only {result.accepted} rows accepted")
    return said


def test_truth_is_stated_for_every_file() -> None:
    """The table names each file that lies there and no other; parts of a shapefile belong to their .shp."""
    root = shared_data("korea").parent
    there = {
        path.relative_to(root).as_posix()
        for folder in ("korea", "roads")
        for path in (root / folder).rglob("*")
        if path.is_file() and path.suffix.lower() not in SIDECARS
    }
    assert there - DOCUMENTS == set(TRUTH)


@pytest.mark.parametrize("name", HERE)
def test_file_is_what_it_is(name: str) -> None:
    """Kind, encoding, coordinate system and rows are right, and the rows balance."""
    assert faults(read_or_refuse(shared_data(*name.split("/"))), TRUTH[name]) == []


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_texts_about_files_are_no_tables(name: str) -> None:
    """A text full of commas and column names is no CCTV list."""
    assert read_or_refuse(shared_data(*name.split("/"))).kind == "unknown"
