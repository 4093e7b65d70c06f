"""Exact repetitions folded together, and a key for every row that stays."""

from hashlib import blake2b
from typing import Protocol

import polars as pl

from sunra.core.tables.work import WHOLE, Work

_VOLATILE = frozenset({"reference_date", "installed", "cameras", "lamps"})
"""Fields that change from one export to the next while the thing stays the same thing."""

_PLACEHOLDER = r"^(?:[-._*?]+|0{2,}|9{4,}|x{2,}|없음|미상|미정|미부여|해당\s*없음|null|none|nan|n/?a)$"


class Across(Protocol):
    """What is known of the whole file while one part of it is read (see `census`)."""

    def merge(self, work: Work, unit: str | None) -> int:
        """`merge` over all parts."""

    def is_repeated(self, pairs: pl.Series) -> pl.Series:
        """True for owner and identifier that occur more than once in the file."""

    def count(self, texts: pl.Series) -> pl.Series:
        """The how-manieth of its kind each key is, from 1, over all parts so far."""


def merge(work: Work, unit: str | None, across: Across | None = None) -> int:
    """Keeps the first of rows equal in every cell, with the sum of their counts. Returns rows folded away."""
    if across is not None:
        return across.merge(work, unit)
    before = work.frame.height
    if work.frame[WHOLE].n_unique() == before:
        return 0
    total = [pl.col(unit).sum()] if unit else []
    rest = pl.exclude(WHOLE, unit) if unit else pl.exclude(WHOLE)
    work.frame = work.frame.group_by(WHOLE, maintain_order=True).agg(rest.first(), *total)
    return before - work.frame.height


def _without_placeholders(work: Work, identifiers: pl.Series) -> pl.Series:
    """Identifiers, empty where someone wrote a dash, zeros or 'none' because the form wanted something."""
    nothing = identifiers.str.to_lowercase().str.contains(_PLACEHOLDER)
    work.flag("placeholder_ids", int(nothing.sum()))
    empty = pl.Series([""], dtype=pl.String).new_from_index(0, len(identifiers))
    return identifiers.zip_with(~nothing, empty)


def owners(work: Work) -> pl.Series:
    """Whose identifiers a row's identifier is one of: institution, else agency, else district."""
    agency = work.text("agency").str.replace_all(r"\s+", "")
    owner = agency.zip_with(agency != "", work.text("district_code"))
    institution = work.text("institution")
    return institution.zip_with(institution != "", owner)


def assign(work: Work, fields: list[str], across: Across | None = None) -> None:
    """``key``: agency (or district) and identifier where unique in the file, else a hash of the content.

    The hash leaves out what changes while the thing stays (dates, counts), so that it keeps its key in the
    next vintage. Equal contents are told apart by ~2, ~3 in file order.
    """
    identifier = _without_placeholders(work, work.text("_id"))
    pair = owners(work) + ":" + identifier
    named = identifier != ""
    repeated = (across.is_repeated(pair) if across else pair.is_duplicated()) & named
    work.flag("repeated_ids", int(repeated.sum()))
    content = [field for field in fields if field in work.frame.columns and field not in _VOLATILE]
    columns = [pl.col(field).cast(pl.String).fill_null("") for field in content] or [pl.lit("")]
    texts = work.frame.select(pl.concat_str(columns, separator="\x1f").alias("content")).to_series()
    usable = named & ~repeated
    hashes = [
        "" if skip else "#" + blake2b(text.encode("utf-8", "replace"), digest_size=10).hexdigest()
        for text, skip in zip(texts.to_list(), usable.to_list(), strict=True)
    ]
    key = pair.zip_with(usable, pl.Series(hashes, dtype=pl.String)).alias("key")
    work.put(key)
    if across or key.is_duplicated().any():
        order: pl.Expr = pl.col("key").cum_count().over("key")
        if across:
            order = pl.lit(across.count(key))
        work.put(
            pl.when(order > 1)
            .then(pl.col("key") + "~" + order.cast(pl.String))
            .otherwise(pl.col("key"))
            .alias("key")
        )
