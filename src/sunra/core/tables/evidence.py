"""What the texts of every row name, what located rows teach, and where that puts the others."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from sunra.core.tables import parts
from sunra.core.tables.gazetteer import CALLED, LOT, NAME, ROAD, Gazetteer
from sunra.core.tables.meaning import Meaning, Meanings, Place, settle
from sunra.core.tables.result import WITNESS_SCHEMA
from sunra.core.tables.work import Work

FIELDS = ("lot_address", "address", "road_address")
_WORDS = ("_word_", "_also_")
OFFICES = 0.02
"""Share of words that can only be administrative dongs from which a column is taken to write them."""


def gather(work: Work) -> pl.DataFrame:
    """``_home``; ``_word…`` and ``_also…``: dong words by address field; ``_called``: the dong in the
    facility's name; ``_road`` and ``_number``; ``_lot``: dong word and lot in one text; ``_course``: a stream
    or walk. "" or null for none.
    """
    found = {field: parts.parse(work.text(field)) for field in FIELDS if work.has(field)}
    empty = pl.Series([""], dtype=pl.String).new_from_index(0, work.frame.height)
    columns = {"_home": work.frame["_home"], "_called": parts.parse_name(work.text("name"))}
    lot, road = empty, empty
    course = pl.Series([False]).new_from_index(0, work.frame.height)
    number = pl.Series([None], dtype=pl.Int32).new_from_index(0, work.frame.height)
    for field, part in found.items():
        columns |= {f"_word_{field}": part["dong"], f"_also_{field}": part["other"]}
        course = course | part["course"]
        named = (part["dong"] != "") & (part["lot"] != "") & (lot == "")
        lot = (_plain(part["dong"]) + " " + part["lot"]).zip_with(named, lot)
    for field in reversed(FIELDS):
        if field in found:
            numbered = (found[field]["road"] != "") & found[field]["number"].is_not_null() & number.is_null()
            better = numbered | ((found[field]["road"] != "") & (road == ""))
            road, number = (
                found[field]["road"].zip_with(better, road),
                found[field]["number"].zip_with(better, number),
            )
    return pl.DataFrame({**columns, "_lot": lot, "_road": road, "_number": number, "_course": course})


def _plain(words: pl.Series) -> pl.Series:
    """`admin_dongs.plain` for a column."""
    return words.str.replace_all(r"[.,·\s]+", "").str.replace_all(r"제(\d)", "${1}")


def words_of(frame: pl.DataFrame) -> list[str]:
    """The columns with dong words of addresses."""
    return [name for name in frame.columns if name.startswith(_WORDS)]


def witnesses(frame: pl.DataFrame, dong: pl.Series) -> pl.DataFrame:
    """Counts of what rows with these true legal dongs are called by (`WITNESS_SCHEMA`).

    Rows that lie in another district than their own teach nothing.
    """
    rows = frame.with_columns(dong.alias("dong")).filter(
        (pl.col("_home") != "") & pl.col("dong").str.starts_with(pl.col("_home"))
    )
    none = pl.lit(None, dtype=pl.Int32).alias("number")
    found = []
    for form, name in [*((NAME, name) for name in words_of(frame)), (CALLED, "_called")]:
        found.append(
            rows.select("_home", pl.lit(form).alias("form"), _plain(rows[name]).alias("text"), none, "dong")
        )
    found.append(rows.select("_home", pl.lit(LOT).alias("form"), pl.col("_lot").alias("text"), none, "dong"))
    road = pl.col("_road").alias("text"), pl.col("_number").alias("number")
    found.append(rows.select("_home", pl.lit(ROAD).alias("form"), *road, "dong"))
    whole = pl.concat(found).filter(pl.col("text") != "").rename({"_home": "district"})
    keys = [name for name in WITNESS_SCHEMA if name != "rows"]
    return (
        whole.group_by(keys)
        .len("rows")
        .select(pl.col(name).cast(kind) for name, kind in WITNESS_SCHEMA.items())
    )


def placed(
    frame: pl.DataFrame,
    wanted: pl.Series,
    learnt: Gazetteer,
    offices: Mapping[tuple[str, str], bool] | None = None,
) -> pl.DataFrame:
    """For the wanted rows ``dong``, ``precision``, ``reason`` and ``via`` (see `meaning.Place`), in order.

    ``offices``: which (district, column) write administrative dongs; None: judged by these rows.
    """
    meanings = Meanings(learnt)
    if offices is None:
        offices = offices_of(frame, meanings)
    rows = frame.filter(wanted & (frame["_home"] != ""))
    asked = rows.with_columns(learnt.roads(rows).alias("_by_road"), learnt.lots(rows).alias("_by_lot"))
    keys = ["_home", *words_of(frame), "_called", "_by_road", "_by_lot", "_course"]
    distinct = asked.select(keys).unique()
    verdicts = [_settle(row, meanings, offices) for row in distinct.iter_rows(named=True)]
    schema = dict.fromkeys(Place.__dataclass_fields__, pl.String)
    table = distinct.hstack(
        pl.DataFrame({name: [getattr(one, name) for one in verdicts] for name in schema}, schema=schema)
    )
    found = asked.select(keys).join(table, on=keys, how="left", maintain_order="left").select(list(schema))
    nowhere = pl.DataFrame({"row": (wanted).arg_true()})
    index = pl.DataFrame({"row": (wanted & (frame["_home"] != "")).arg_true()}).hstack(found)
    return nowhere.join(index, on="row", how="left", maintain_order="left").select(
        pl.col("dong", "precision", "via").fill_null(""), pl.col("reason").fill_null("no_location")
    )


def offices_of(frame: pl.DataFrame, meanings: Meanings) -> dict[tuple[str, str], bool]:
    """(district, column) → whether it writes administrative dongs, by the words that leave no doubt."""
    found: dict[tuple[str, str], bool] = {}
    for column in [*words_of(frame), "_called"]:
        counts = frame.filter(pl.col(column) != "").group_by("_home", column).len()
        tally: dict[str, list[int]] = {}
        for home, word, rows in counts.iter_rows():
            verdict = meanings.is_office(home, word)
            if home and verdict is not None:
                tally.setdefault(home, [0, 0])[int(verdict)] += rows
        for home, (legal, office) in tally.items():
            found[home, column] = office >= OFFICES * (legal + office)
    return found


def _settle(row: dict[str, Any], meanings: Meanings, offices: Mapping[tuple[str, str], bool]) -> Place:
    home = row["_home"]

    def meaning(column: str) -> Meaning | None:
        # A column without a word that decides it is taken to write offices: these include the legal dong.
        writes = offices.get((home, column), True)
        return (
            meanings.of(home, row[column], offices=writes, called=column == "_called")
            if row[column]
            else None
        )

    told = [one for column in row if column.startswith(_WORDS) and (one := meaning(column))]
    found = settle(told, meaning("_called"), row["_by_road"], row["_by_lot"])
    witnessed = row["_by_road"] or row["_by_lot"]
    return Place(reason="ambiguous_dong") if row["_course"] and found.dong and not witnessed else found
