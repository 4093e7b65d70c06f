"""Exports of 112 calls: day, time, kind and ending as codes, and the corners of a blurring 100 m cell.

Some agencies add when the first unit arrived: as a moment, as a day and a clock, as a clock alone, or as the
minutes since the call. The names are those of the emergency services' open data (현장도착일자, 현장도착시각).
"""

import numpy as np
import polars as pl

from sunra.core.geo import cells
from sunra.core.tables import clean
from sunra.core.tables.kinds import event_codes, times
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

EVENT_COLUMNS = {
    "time_from": pl.Datetime("us"), "time_to": pl.Datetime("us"), "category": pl.String, "family": pl.String,
    "weight": pl.Float64, "cell_e": pl.Int32, "cell_n": pl.Int32,
}  # fmt: skip
_CORNERS = ("sw", "se", "ne", "nw")
_DAY = 24 * 60
"""Minutes of a day: no call waits that long."""
_ARRIVAL = ("arrived_day", "arrived", "response")


def _prepare(work: Work) -> None:
    """Withheld families leave first and leave nothing behind, not even their code in the quarantine."""
    code = clean.map_unique(work.text("code"), event_codes.code_of, pl.String)
    family = code.replace_strict(event_codes.FAMILY_OF, default="", return_dtype=pl.String)
    work.put(code.alias("category"), family.alias("family"))
    work.reject(
        work.frame["family"].is_in(list(event_codes.WITHHELD)), field="code", reason="withheld_family"
    )
    work.reject(work.frame["family"] == "", field="code", reason="unknown_category")
    said = work.text("ending")
    ending = clean.map_unique(said, event_codes.ending_of, pl.String)
    work.flag("unlisted_code", int(((ending == "") & ~clean.is_missing(said)).sum()))
    work.put(
        ending.alias("ending"),
        clean.map_unique(work.text("urgency"), event_codes.urgency_of, pl.String).alias("urgency"),
    )
    void = ending.is_in(list(event_codes.VOID_ENDINGS))
    work.reject(void, field="ending", reason="void_ending", value=ending)
    work.put(_received(work))
    said = work.text("day").zip_with(work.text("day") != "", work.text("received"))
    work.reject(work.frame["time_from"].is_null(), field="time", reason="bad_time", value=said)
    work.put(_response(work))
    for axis, target in (("x", "lon"), ("y", "lat")):
        corners = [
            clean.numbers(work.text(f"{axis}_{corner}")).to_numpy()
            for corner in _CORNERS
            if work.has(f"{axis}_{corner}")
        ]
        stacked = np.vstack(corners) if corners else np.full((1, work.frame.height), np.nan)
        some = np.isfinite(stacked).any(axis=0)
        centre = np.full(work.frame.height, np.nan)
        centre[some] = np.nanmean(stacked[:, some], axis=0)
        work.put(pl.Series(target, centre))
    work.put(pl.lit("").alias("name"))


def _received(work: Work) -> pl.Series:
    """When the call came in."""
    if work.has("day", "time"):
        return times.from_day_and_clock(work.text("day"), work.text("time"))
    return times.from_text(work.text("received"))


def _response(work: Work) -> pl.Series:
    """``response_minutes``: minutes from call to arrival, null where the file does not say.

    A clock alone that lies half a day before the call's is of the next day. Less than nothing, or a day and
    more, cannot be true and is dropped; so is every difference to a call of which the hour alone is known.
    """
    stated = clean.numbers(work.text("response"))
    since = (_arrived(work) - work.frame["time_from"]).dt.total_seconds() / 60
    received = work.text("received")
    exact = ~work.text("time").str.contains(r"^\D*\d{1,2}\D*$")
    exact &= work.has("time") | received.str.contains(r"\d:\d|\d{12}")
    minutes = stated.zip_with(stated.is_not_null(), since.zip_with(exact, since.clear(len(since))))
    sound = minutes.is_between(0, _DAY, closed="left")
    work.flag("impossible_value", int((~sound).sum()))
    return pl.select(pl.when(sound).then(minutes)).to_series().alias("response_minutes")


def _arrived(work: Work) -> pl.Series:
    """When the first unit arrived, null where nothing says so."""
    said, day = work.text("arrived"), work.text("arrived_day")
    whole = times.from_text(said)
    own = work.frame["time_from"].dt.strftime("%Y%m%d")
    dated = times.from_day_and_clock(day.zip_with(day != "", own), said)
    late = dated.dt.offset_by("12h") < work.frame["time_from"]  # an hour before the call is no next day
    early = ((day == "") & late).fill_null(value=False)
    dated = dated.dt.offset_by("1d").zip_with(early, dated)
    return whole.zip_with(whole.is_not_null(), dated)


def finish_events(work: Work) -> None:
    """Adds the national cell of every point (null without one), open end and weight."""
    lon = work.frame["lon"].fill_null(float("nan")).to_numpy()
    lat = work.frame["lat"].fill_null(float("nan")).to_numpy()
    known = np.isfinite(lon)
    columns = []
    for name, values in zip(("cell_e", "cell_n"), cells.cell_of(lon[known], lat[known]), strict=True):
        full = np.zeros(len(lon), dtype=np.int32)
        full[known] = values
        columns.append(pl.when(pl.Series(known)).then(pl.Series(full)).otherwise(None).alias(name))
    work.put(*columns, pl.lit(None, dtype=pl.Datetime("us")).alias("time_to"), pl.lit(1.0).alias("weight"))


KIND = Kind(
    name="call112",
    fields=fields(
        day=("day", "접수일자", "신고일자"),
        time=("time", "접수시각", "접수시간", "신고시각"),
        received=("접수일시", "신고일시", "신고접수일시"),
        arrived_day=("현장도착일자", "도착일자"),
        arrived=("현장도착일시", "도착일시", "현장도착시각", "도착시각"),
        response=("도착소요시간(분)", "출동소요시간(분)", "도착소요분"),
        code=("evtclcd", "사건종별코드", "종별코드", "종별"),
        ending=("endcd", "종결코드", "종결"),
        urgency=("emgcd", "emrgcd", "긴급도", "긴급도코드", "코드등급", "evtemgcd"),
        **{f"x_{corner}": (f"hppnx{corner}",) for corner in _CORNERS},
        **{f"y_{corner}": (f"hppny{corner}",) for corner in _CORNERS},
    ),
    needs=(frozenset({"day", "time", "code"}), frozenset({"received", "code"})),
    columns={**EVENT_COLUMNS, "ending": pl.String, "urgency": pl.String, "response_minutes": pl.Float64},
    # A later export of the same days often knows more arrivals: the calls are the same.
    volatile=frozenset(_ARRIVAL),
    prepare=_prepare,
    finish=finish_events,
)
