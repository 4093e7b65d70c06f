"""Two years of invented 112 calls and traffic accidents, in the shapes of the police exports.

A call is a code, a day, a time and a cell. Cells are drawn from an uneven surface (residents, nightlife, main
roads, and a gamma-distributed roughness of each cell, shape 0.35, that stays the same for two years), days
from weekday, season and holiday factors, hours from a profile of each family. All factors are invented; they
only give maps and profiles something to show. Some calls are home-bound (domestic, sexual, suicide), for real
exports hold them too: the readers and the forecast must keep them off the cells. The time of arrival is a
column that some agencies add to their exports; here it follows no street and no patrol car.
"""

import datetime as dt
from dataclasses import dataclass

import holidays
import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma

from sunra.core.geo import cells
from sunra.journeys.demo.files import Row
from sunra.journeys.demo.streets import Streets
from sunra.journeys.demo.surface import Floats, Town, to_lonlat

YEARS_DAYS = 730
CALLS, ACCIDENTS = 25_000, 1_640
ROUGHNESS = 0.35

CALL_HEADER = (
    "DAY", "TIME", "EVT_CL_CD", "END_CD", "현장도착시각",
    "HPPN_X_SW", "HPPN_Y_SW", "HPPN_X_SE", "HPPN_Y_SE", "HPPN_X_NE", "HPPN_Y_NE", "HPPN_X_NW", "HPPN_Y_NW",
)  # fmt: skip
ACCIDENT_HEADER = (
    "발생년", "발생년월일시", "발생분", "주야", "요일", "사망자수", "부상자수", "중상자수", "경상자수",
    "부상신고자수", "발생지시도", "발생지시군구", "사고유형_대분류", "사고유형_중분류", "사고유형",
    "가해자법규위반", "도로형태_대분류", "도로형태", "가해자_당사자종별", "피해자_당사자종별",
    "발생위치X_UTMK", "발생위치Y_UTMK", "경도", "위도",
)  # fmt: skip

CANCELLED = 503
"""The ending of a call taken back, before anybody arrived."""
ARRIVAL, SPREAD, UNKNOWN = 5.0, 0.5, 0.06
"""Median minutes to arrival, its spread (log-normal), and the share of calls without a time of it."""

NIGHT = (9, 8, 6, 4, 3, 2, 2, 3, 3, 3, 3, 3, 4, 3, 3, 4, 4, 5, 6, 7, 8, 10, 11, 11)
DAY = (2, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 6, 5, 4, 3, 3)
EVENING = (4, 3, 2, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 7, 8, 9, 9, 8, 7, 6)


@dataclass(frozen=True)
class Family:
    """Share of all calls, codes and their shares, hours, weekend factor, pull of night and main roads."""

    share: float
    codes: tuple[tuple[int, float], ...]
    hours: tuple[int, ...]
    weekend: float
    night: float
    main: float


FAMILIES: tuple[Family, ...] = (
    Family(0.10, ((104, 0.9), (103, 0.1)), DAY, 0.9, 0.5, 0.6),
    Family(0.12, ((201, 0.8), (204, 0.1), (206, 0.1)), NIGHT, 1.5, 3.0, 0.4),
    Family(0.03, ((207, 1.0),), EVENING, 0.9, 0.0, 0.0),
    Family(0.24, ((305, 0.4), (301, 0.35), (302, 0.25)), NIGHT, 1.6, 3.5, 0.4),
    Family(0.16, ((604, 0.75), (605, 0.05), (308, 0.2)), EVENING, 1.2, 0.5, 0.1),
    Family(0.12, ((401, 0.55), (402, 0.25), (403, 0.2)), DAY, 0.9, 0.2, 4.0),
    Family(0.07, ((107, 0.75), (108, 0.1), (106, 0.05), (212, 0.1)), EVENING, 1.2, 0.0, 0.0),
    Family(0.03, ((508, 0.6), (509, 0.4)), EVENING, 1.0, 0.0, 0.0),
    Family(0.13, ((501, 0.35), (307, 0.3), (306, 0.2), (607, 0.15)), DAY, 0.9, 0.2, 0.2),
)
ENDINGS = (
    (201, 0.42),
    (205, 0.14),
    (502, 0.12),
    (402, 0.1),
    (503, 0.08),
    (202, 0.06),
    (101, 0.05),
    (304, 0.03),
)


def day_weights(first: dt.date, days: int, weekend: float) -> Floats:
    """How busy each day is: weekend, season (summer above winter) and public holidays."""
    dates = [first + dt.timedelta(days=i) for i in range(days)]
    off = holidays.country_holidays("KR", years=range(first.year, dates[-1].year + 1))
    season = 1 + 0.15 * np.sin(2 * np.pi * (np.array([d.timetuple().tm_yday for d in dates]) - 120) / 365.25)
    busy = np.array(
        [weekend if d.weekday() in {4, 5} else 1.1 if d in off or d.weekday() == 6 else 1.0 for d in dates]
    )
    return np.asarray(season * busy, dtype=np.float64)


def cell_weights(town: Town, net: Streets, family: Family, rough: Floats) -> Floats:
    """How likely each cell is: residents, nightlife and main roads, times the cell's own roughness."""
    total, main = _streets_per_cell(town, net)
    people = town.built(town.middle) * (0.2 + total)
    loud = family.night * town.nightlife(town.middle) * (total > 0)
    weight = (people + loud + family.main * main) * rough
    return np.where(total > 0, weight, 0.02 * weight)


def calls(town: Town, net: Streets, today: dt.date) -> list[Row]:
    """About 25,000 calls of the 730 days before ``today``, in order of time."""
    draw = town.rng("calls")
    first = today - dt.timedelta(days=YEARS_DAYS)
    corners = cells.corners(town.cell_e, town.cell_n)[:, :4]
    shared = draw.gamma(ROUGHNESS, 1 / ROUGHNESS, len(town.middle))
    found: list[tuple[int, int, int, int, int]] = []
    for family in FAMILIES:
        count = int(draw.poisson(family.share * CALLS))
        own = draw.gamma(ROUGHNESS, 1 / ROUGHNESS, len(town.middle))
        cell = _pick(draw, cell_weights(town, net, family, 0.6 * shared + 0.4 * own), count)
        day = _pick(draw, day_weights(first, YEARS_DAYS, family.weekend), count)
        second = _pick(draw, np.array(family.hours, dtype=np.float64), count) * 3600 + draw.integers(
            0, 3600, count
        )
        code = _coded(draw, family.codes, count)
        ending = _coded(draw, ENDINGS, count)
        found += zip(
            day.tolist(), second.tolist(), code.tolist(), ending.tolist(), cell.tolist(), strict=True
        )
    found.sort()
    waits = _waits(town.rng("arrivals"), [ending for *_event, ending, _cell in found])
    return [_call(first, corners, wait, *event) for wait, event in zip(waits, found, strict=True)]


def _waits(draw: np.random.Generator, endings: list[int]) -> list[int | None]:
    """Seconds from call to arrival; None where the export does not give it."""
    seconds = 60 * ARRIVAL * np.exp(SPREAD * draw.standard_normal(len(endings)))
    unknown = draw.random(len(endings)) < UNKNOWN
    return [
        None if lost or ending == CANCELLED else round(wait)
        for wait, lost, ending in zip(seconds.tolist(), unknown.tolist(), endings, strict=True)
    ]


def accidents(town: Town, net: Streets, today: dt.date) -> list[Row]:
    """Traffic accidents of two years beside the streets, more on main roads and at crossings."""
    draw = town.rng("accidents")
    first = today - dt.timedelta(days=YEARS_DAYS)
    rough = draw.gamma(ROUGHNESS, 1 / ROUGHNESS, len(net.edges))
    xy, _ = net.along(draw, net.metres * (0.3 + 5 * net.main) * rough, ACCIDENTS * 5 // 4, 1.0)
    xy = xy[town.inside(xy, 1.0)][:ACCIDENTS]
    lonlat = to_lonlat(xy)
    day = np.sort(_pick(draw, day_weights(first, YEARS_DAYS, 1.0), len(xy)))
    hour = _pick(draw, np.array(DAY, dtype=np.float64), len(xy))
    hurt = draw.choice(["dead", "heavy", "light", "reported"], len(xy), p=[0.004, 0.216, 0.66, 0.12])
    return [
        _accident(
            town, draw, first + dt.timedelta(days=int(day[i])), int(hour[i]), str(hurt[i]), xy[i], lonlat[i]
        )
        for i in range(len(xy))
    ]


def residents(town: Town, net: Streets) -> list[Row]:
    """Residents per cell: national number, cell, residents; the level is a round guess of 170 a hectare."""
    draw = town.rng("residents")
    total, _ = _streets_per_cell(town, net)
    mean = 170 * town.built(town.middle) * np.minimum(1.0, 0.2 + total)
    people = draw.poisson(mean * gamma.ppf(draw.random(len(mean)), 3, scale=1 / 3))
    return [
        (cells.format_cell(int(e), int(n)), int(e), int(n), int(p))
        for e, n, p in zip(town.cell_e, town.cell_n, people, strict=True)
    ]


def _streets_per_cell(town: Town, net: Streets) -> tuple[Floats, Floats]:
    """Street length per cell in units of 100 m, all streets and main ones, by the middles of the edges."""
    at = {(int(e), int(n)): i for i, (e, n) in enumerate(zip(town.cell_e, town.cell_n, strict=True))}
    total, main = np.zeros(len(at)), np.zeros(len(at))
    middle = np.floor(net.xy[net.edges].mean(1) / cells.METRES).astype(int)
    for place, metres, wide in zip(middle.tolist(), net.metres.tolist(), net.main.tolist(), strict=True):
        index = at.get((place[0], place[1]))
        if index is not None:
            total[index] += metres / cells.METRES
            main[index] += wide * metres / cells.METRES
    return total, main


def _pick(draw: np.random.Generator, weight: Floats, count: int) -> NDArray[np.int64]:
    return draw.choice(len(weight), count, p=weight / weight.sum()).astype(np.int64)


def _coded(draw: np.random.Generator, codes: tuple[tuple[int, float], ...], count: int) -> NDArray[np.int64]:
    values = np.array([code for code, _ in codes], dtype=np.int64)
    return values[_pick(draw, np.array([share for _, share in codes]), count)]


def _call(
    first: dt.date,
    corners: Floats,
    wait: int | None,
    day: int,
    second: int,
    code: int,
    ending: int,
    cell: int,
) -> Row:
    moment = dt.datetime.combine(first, dt.time()) + dt.timedelta(days=day, seconds=second)
    arrived = "" if wait is None else f"{moment + dt.timedelta(seconds=wait):%H%M%S}"
    points = [f"{value:.7f}" for corner in corners[cell] for value in corner]
    return (f"{moment:%Y%m%d}", f"{moment:%H%M%S}", code, ending, arrived, *points)


def _accident(
    town: Town, draw: np.random.Generator, day: dt.date, hour: int, hurt: str, xy: Floats, lonlat: Floats
) -> Row:
    kind, detail = (
        ("차대사람", "횡단중"),
        ("차대차", "측면충돌"),
        ("차대차", "추돌"),
        ("차량단독", "공작물충돌"),
    )[int(draw.choice(4, p=[0.24, 0.36, 0.3, 0.1]))]
    counts = [int(hurt == name) for name in ("dead", "heavy", "light", "reported")]
    form = ("교차로", "교차로안") if draw.random() < 0.45 else ("단일로", "기타단일로")
    rule = str(
        draw.choice(
            ["안전운전불이행", "신호위반", "보행자보호의무위반", "안전거리미확보"], p=[0.55, 0.15, 0.15, 0.15]
        )
    )
    first, second = (
        str(draw.choice(["승용차", "이륜차", "화물차"], p=[0.7, 0.18, 0.12])),
        "보행자" if kind == "차대사람" else "승용차",
    )
    night = "야" if hour >= 19 or hour < 6 else "주"
    weekday = "월화수목금토일"[day.weekday()]
    return (
        day.year, f"{day:%Y%m%d}{hour:02d}", int(draw.integers(60)), night, weekday,
        counts[0], sum(counts[1:]), *counts[1:], town.full_name.split()[0][:2], town.name,
        kind, detail, detail, rule, *form, first, second,
        f"{xy[0]:.2f}", f"{xy[1]:.2f}", f"{lonlat[0]:.7f}", f"{lonlat[1]:.7f}",
    )  # fmt: skip
