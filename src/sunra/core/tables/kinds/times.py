"""Local wall-clock times (Asia/Seoul, naive) from the ways exports write them."""

import polars as pl

_FULL = (
    r"^\D{0,3}(\d{4})\D{0,3}(\d{1,2})\D{0,3}(\d{1,2})\D{0,3}"
    r"(?:(\d{1,2})(?:\D{1,3}(\d{1,2}))?(?:\D{1,3}(\d{1,2}))?)?\D*$"
)


def from_text(texts: pl.Series) -> pl.Series:
    """Datetime from '2020-01-01T05:00', '2022-01-02 17:00:00', '2020.1.1 5시', '20200101 0530', else null."""
    packed = texts.str.replace_all(r"\D", "").str.len_chars() >= 10
    compact = texts.str.contains(r"^\d{8}[\sT]?\d{4}(?:\d{2})?$") & packed
    bare = texts.str.replace_all(r"[\sT]", "")
    one = from_day_and_clock(bare.str.slice(0, 8), bare.str.slice(8))
    parts = pl.DataFrame({"t": texts.str.replace(r"(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$", "")}).select(
        pl.col("t").str.extract(_FULL, group).cast(pl.Int32, strict=False).alias(f"p{group}")
        for group in range(1, 7)
    )
    return one.zip_with(compact, _build(parts)).alias("time_from")


def from_day_and_clock(days: pl.Series, clocks: pl.Series) -> pl.Series:
    """Datetime from yyyymmdd (or a dated text) and hhmmss, hhmm, 'h시' or h; leading zeros may lack."""
    digits = days.str.replace_all(r"\D", "")
    split = days.str.extract_groups(r"^\D*(\d{4})\D+(\d{1,2})\D+(\d{1,2})").struct.unnest()
    whole = digits.str.len_chars() == 8
    day = pl.DataFrame(
        {
            "p1": digits.str.slice(0, 4).zip_with(whole, split.to_series(0)),
            "p2": digits.str.slice(4, 2).zip_with(whole, split.to_series(1)),
            "p3": digits.str.slice(6, 2).zip_with(whole, split.to_series(2)),
        }
    )
    clean = clocks.str.replace(r"\.0$", "").str.replace_all(r"[^\d:]", "")
    colon = clean.str.contains(":")
    apart = clean.str.extract_groups(r"^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$").struct.unnest()
    plain = clean.str.replace_all(":", "")
    hours = plain.str.len_chars() <= 2
    padded = (plain + "0000").zip_with(hours, plain).str.zfill(6)
    padded = (plain.str.zfill(4) + "00").zip_with(plain.str.len_chars().is_between(3, 4), padded)
    padded = (plain.str.zfill(2) + "0000").zip_with(hours, padded)
    day = day.with_columns(
        apart.to_series(0).zip_with(colon, padded.str.slice(0, 2)).alias("p4"),
        apart.to_series(1).zip_with(colon, padded.str.slice(2, 2)).alias("p5"),
        apart.to_series(2).fill_null("0").zip_with(colon, padded.str.slice(4, 2)).alias("p6"),
    ).with_columns(pl.when(plain == "").then(None).otherwise(pl.col("p4")).alias("p4"))
    built = _build(day.select(pl.all().cast(pl.Int32, strict=False)))
    return pl.select(pl.when(plain != "").then(built)).to_series().alias("time_from")


def _build(parts: pl.DataFrame) -> pl.Series:
    """Datetime of six number columns; missing clock parts are zero; 24:00 and impossible values are null."""
    year, month, day, hour, minute, second = (pl.col(f"p{index}") for index in range(1, 7))
    sound = year.is_between(1990, 2099) & month.is_between(1, 12) & day.is_between(1, 31)
    for part, highest in ((hour, 23), (minute, 59), (second, 59)):
        sound &= part.fill_null(0).is_between(0, highest)
    text = pl.format(
        "{}-{}-{} {}:{}:{}",
        *(
            part.fill_null(0).cast(pl.String).str.zfill(2)
            for part in (year, month, day, hour, minute, second)
        ),
    )
    built = pl.when(sound).then(text).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    return parts.select(built.alias("time")).to_series()
