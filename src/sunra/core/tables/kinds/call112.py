"""Exports of 112 calls: day, time, kind and ending as codes, and the corners of a blurring 100 m cell."""

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
    moment = times.from_day_and_clock(work.text("day"), work.text("time"))
    work.put(moment)
    work.reject(work.frame["time_from"].is_null(), field="time", reason="bad_time", value=work.text("day"))
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
        code=("evtclcd", "사건종별코드", "종별코드", "종별"),
        ending=("endcd", "종결코드", "종결"),
        urgency=("emgcd", "emrgcd", "긴급도", "긴급도코드", "코드등급", "evtemgcd"),
        **{f"x_{corner}": (f"hppnx{corner}",) for corner in _CORNERS},
        **{f"y_{corner}": (f"hppny{corner}",) for corner in _CORNERS},
    ),
    needs=(frozenset({"day", "time", "code"}),),
    columns={**EVENT_COLUMNS, "ending": pl.String, "urgency": pl.String},
    prepare=_prepare,
    finish=finish_events,
)
