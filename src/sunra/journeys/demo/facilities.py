"""Cameras, security lights, bells and police offices beside the invented streets.

The shapes, with their usual dirt, are those of the national standard files: lights without coordinates, rows
that are there twice, a digit typed wrong.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.geo.districts import districts
from sunra.journeys.demo.files import Row
from sunra.journeys.demo.streets import Streets
from sunra.journeys.demo.surface import Floats, Town, to_lonlat

CAMERA_POLES, LIGHTS, BELLS, BOXES = 780, 5_870, 260, 9
LIGHTS_WITHOUT_POINT, LIGHTS_TWICE = 0.02, 0.012
TELEPHONE = "02-0000-0000"

CCTV_HEADER = (
    "관리기관명", "소재지도로명주소", "소재지지번주소", "설치목적구분", "카메라대수", "카메라화소수",
    "촬영방면정보", "보관일수", "설치년월", "관리기관전화번호", "위도", "경도", "데이터기준일자",
)  # fmt: skip
LIGHT_HEADER = (
    "보안등위치명", "설치개수", "소재지도로명주소", "소재지지번주소", "위도", "경도", "설치연도", "설치형태",
    "관리기관전화번호", "관리기관명", "데이터기준일자",
)  # fmt: skip
BELL_HEADER = (
    "안전비상벨관리번호", "설치위치", "소재지도로명주소", "소재지지번주소", "위도", "경도",
    "관리기관명", "관리기관전화번호",
)  # fmt: skip
POLICE_HEADER = ("지방청", "경찰서", "관서명", "동", "구분", "주소", "위도", "경도")

_BOX = ("지구대", "파출소")

PURPOSES = ("생활방범", "어린이보호", "차량방범", "시설물관리", "쓰레기단속", "다목적")
PURPOSE_SHARES = (0.62, 0.14, 0.06, 0.08, 0.05, 0.05)


@dataclass(frozen=True, eq=False)
class Spots:
    """Places beside streets that lie in the district: metres, lon/lat, legal dong, street name."""

    xy: Floats
    lonlat: Floats
    dong: list[str]
    street: list[str]

    def __len__(self) -> int:
        """Count the places."""
        return len(self.xy)


def dong_names(town: Town) -> dict[str, str]:
    """Name by code of the district's legal dongs."""
    return {dong.code: dong.name for dong in districts().dongs(town.code)}


def spots(town: Town, net: Streets, draw: np.random.Generator, weight: Floats, count: int) -> Spots:
    """``count`` places beside edges, all inside the district and inside one of its legal dongs."""
    names = dong_names(town)
    xy, edge = net.along(draw, weight, count + count // 4 + 20, 3.0)
    lonlat = to_lonlat(xy)
    codes = districts().locate(lonlat[:, 0], lonlat[:, 1])
    good = np.flatnonzero(town.inside(xy, 1.0) & np.isin(codes, list(names)))[:count]
    streets = [net.streets[net.street_of[e]].name for e in edge[good]]
    return Spots(xy[good], lonlat[good], [names[code] for code in codes[good].tolist()], streets)


def edge_weight(town: Town, net: Streets, extra: float = 0.0) -> Floats:
    """Length × how built-up, plus ``extra`` for main streets."""
    middle = net.xy[net.edges].mean(1)
    return np.asarray(net.metres * (0.1 + town.built(middle)) * (1 + extra * net.main), dtype=np.float64)


def cctv(town: Town, net: Streets, today: dt.date) -> list[Row]:
    """One row per pole; a few rows twice, as in the real files."""
    draw = town.rng("cctv")
    found = spots(town, net, draw, edge_weight(town, net, 1.0), CAMERA_POLES)
    office = f"{town.full_name}청"
    purpose = draw.choice(PURPOSES, len(found), p=PURPOSE_SHARES)
    cameras = draw.choice([1, 2, 3, 4, 5], len(found), p=[0.35, 0.3, 0.2, 0.1, 0.05])
    rows: list[Row] = []
    for i, (lon, lat) in enumerate(found.lonlat.tolist()):
        road, lot = _addresses(town, found, i, draw)
        built = f"{today.year - int(draw.integers(1, 12))}-{int(draw.integers(1, 13)):02d}"
        rows.append(
            (office, road, lot, purpose[i], int(cameras[i]), int(draw.choice([130, 200, 400])),
             "360도전방면", 30, built, TELEPHONE, f"{lat:.7f}", f"{lon:.7f}", _reference(today))
        )  # fmt: skip
    return rows + [rows[i] for i in draw.choice(len(rows), 8, replace=False)]


def lights(town: Town, net: Streets, today: dt.date) -> list[Row]:
    """One row per pole; 2 % without coordinates, 1 % twice, one with a digit typed wrong."""
    draw = town.rng("lights")
    found = spots(town, net, draw, edge_weight(town, net), LIGHTS)
    office = f"{town.full_name}청"
    lamps = draw.choice([1, 2, 3], len(found), p=[0.95, 0.04, 0.01])
    missing = draw.random(len(found)) < LIGHTS_WITHOUT_POINT
    rows: list[Row] = []
    for i, (lon, lat) in enumerate(found.lonlat.tolist()):
        road, lot = _addresses(town, found, i, draw)
        point = ("", "") if missing[i] else (f"{lat:.7f}", f"{lon:.7f}")
        rows.append(
            (f"가상{found.dong[i]}-{i + 1}", int(lamps[i]), road, lot, *point,
             today.year - int(draw.integers(1, 20)), str(draw.choice(["한전주", "전용주", "건축물"])),
             TELEPHONE, office, _reference(today))
        )  # fmt: skip
    wrong = int(np.flatnonzero(~missing)[draw.integers(int((~missing).sum()))])
    rows[wrong] = _typo(rows[wrong])
    twice = draw.choice(len(rows), int(LIGHTS_TWICE * len(rows)), replace=False)
    return rows + [rows[i] for i in twice]


def bells(town: Town, net: Streets) -> list[Row]:
    """Emergency bells, mostly near the centres."""
    draw = town.rng("bells")
    weight = edge_weight(town, net, 0.5) * (0.3 + town.built(net.xy[net.edges].mean(1)))
    found = spots(town, net, draw, weight, BELLS)
    kinds = draw.choice(["공원", "공중화장실", "안심귀갓길", "방범용 CCTV 기둥"], len(found))
    rows: list[Row] = []
    for i, (lon, lat) in enumerate(found.lonlat.tolist()):
        road, lot = _addresses(town, found, i, draw)
        place = f"가상 {kinds[i]} {i + 1}"
        rows.append(
            (
                f"가상-{i + 1:04d}",
                place,
                road,
                lot,
                f"{lat:.7f}",
                f"{lon:.7f}",
                f"{town.full_name}청",
                TELEPHONE,
            )
        )
    return rows


def police(town: Town, net: Streets) -> tuple[list[Row], Spots]:
    """Two stations (north, south), then their boxes, with names that no real office has; and their places."""
    draw = town.rng("police")
    found = spots(town, net, draw, edge_weight(town, net, 6.0), 200)
    north = found.xy[:, 1] >= np.median(found.xy[:, 1])
    heads = [_middle(found.xy, np.flatnonzero(north == up)) for up in (True, False)]
    boxes = _far_apart(found.xy, heads, BOXES)
    province = f"{town.full_name.split()[0].removesuffix('특별시').removesuffix('광역시')}청"
    rows: list[Row] = []
    for number, i in enumerate((*heads, *boxes)):
        station = "가상북부" if north[i] else "가상남부"
        lon, lat = found.lonlat[i].tolist()
        office, division = (
            (station, "경찰서") if i in heads else (f"가상제{number - 1}", _BOX[number % 3 > 0])
        )
        address = f"{town.full_name} {found.dong[i]} {9000 + i}"
        rows.append((province, station, office, found.dong[i], division, address, f"{lat:.7f}", f"{lon:.7f}"))
    order = [*heads, *boxes]
    return rows, Spots(
        found.xy[order], found.lonlat[order], [found.dong[i] for i in order], [found.street[i] for i in order]
    )


def _middle(xy: Floats, chosen: NDArray[np.int64]) -> int:
    """The one of the chosen that lies nearest to their middle."""
    return int(chosen[np.argmin(np.hypot(*(xy[chosen] - xy[chosen].mean(0)).T))])


def _far_apart(xy: Floats, heads: list[int], count: int) -> list[int]:
    """Indices of ``count`` places, each the farthest from the heads and from those before it."""
    gap = np.min([np.hypot(*(xy - xy[head]).T) for head in heads], axis=0)
    chosen: list[int] = []
    while len(chosen) < count:
        chosen.append(int(np.argmax(gap)))
        gap = np.minimum(gap, np.hypot(*(xy - xy[chosen[-1]]).T))
    return chosen


def _addresses(town: Town, found: Spots, i: int, draw: np.random.Generator) -> tuple[str, str]:
    """Road and lot address; lot numbers from 9000 on, which no real lot here has."""
    road = f"{town.full_name} {found.street[i]} {int(draw.integers(1, 200))}"
    return (
        road,
        f"{town.full_name} {found.dong[i]} {int(draw.integers(9000, 9999))}-{int(draw.integers(1, 40))}",
    )


def _typo(row: Row) -> Row:
    """The same row with the latitude one degree wrong, as a slipped digit makes it."""
    latitude = f"{float(str(row[4])) - 1:.7f}"
    return (*row[:4], latitude, *row[5:])


def _reference(today: dt.date) -> str:
    return (today - dt.timedelta(days=21)).isoformat()
