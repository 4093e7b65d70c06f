"""The parts of Korean addresses: dong words, lot, road and building number, for whole columns at once."""

from functools import lru_cache

import polars as pl

from sunra.core.tables.names import names

_SUFFIX = r"(?:\d+번?[가나다라마바사아자차카타파하]?길)"
_ROAD_WORD = rf"(?:[가-힣·.]*로\s*|[가-힣·.]+){_SUFFIX}"
_DONG = r"[가-힣]+(?:제?\d+(?:[.,·]\d+)*)?(?:가(?:제?\d+)?)?동(?:\s?\d+가)?|[가-힣]+\d+가|[가-힣]+[읍면]"
_WORD = rf"(?:^|[\s,(])({_DONG})(?:[^가-힣]|$)"
_BEGINS = rf"^\s*(?:{_DONG})(?:[^가-힣]|$)"
# The lot follows its dong at once; what follows further on is a house, a floor or a number of lamps.
_LOT = rf"(?:^|[\s,(])(?:{_DONG})\s*(산)?\s*(\d{{1,4}})(?:-(\d{{1,4}}))?"
_ROAD = rf"^([가-힣·.]+{_SUFFIX}|\d+\.\d+[가-힣·.]*로|[가-힣·.]*[가-힣](?:로|길))(?:지하)?(\d{{1,4}})?"

_COURSE = r"(?:^|[\s가-힣])(?:[가-힣]+천|제방|둔치|고수부지|산책로|둘레길)$"

PARTS = ("dong", "other", "lot", "road", "number", "course")


@lru_cache(maxsize=1)
def _prefix() -> str:
    """Province and district at the beginning of an address, in every spelling that is known."""
    provinces = "|".join(sorted(names().provinces(), key=len, reverse=True))
    districts = "|".join(
        sorted((name.replace("시", r"시\s*", 1) for name in names().all_districts()), key=len, reverse=True)
    )
    return rf"^[\s,]*(?:(?:{provinces})\s*)?(?:(?:{districts})\s*)?"


def parse(texts: pl.Series) -> pl.DataFrame:
    """One row per text with `PARTS`; "" (number: null) for what is not there.

    ``dong`` and ``other`` are the first and second whole word that could be a dong (장위1동, 동소문동6가,
    종로1.2.3.4가동); ``lot`` is '231-315' or '산1-9'; ``road`` has no spaces (도신로54길) and is looked for
    at the beginning only; ``number`` is the building's main number; ``course`` is true where the text ends
    with a stream, its banks or a walk and has no lot: these run through several dongs whatever they are filed
    under. Never raises; no table is asked.
    """
    bare = texts.cast(pl.String).fill_null("").str.replace(_prefix(), "")
    bare = bare.str.replace_all(r"(\d),(\d{3})\b", "${1}${2}")
    # "면목동1길" is a street that carries the dong's name, not a place in it.
    words = bare.str.replace_all(_ROAD_WORD, "길 ")
    lot = words.str.extract_groups(_LOT).struct.unnest().fill_null("")
    # 종로1.2.3.4가동 and 충정로3가 are dongs: what begins with one is no road.
    bare = pl.select(pl.when(words.str.contains(_BEGINS)).then(pl.lit("")).otherwise(bare)).to_series()
    road = bare.str.replace_all(r"\s+", "").str.extract_groups(_ROAD).struct.unnest()
    mountain, main, sub = (lot.to_series(index) for index in range(3))
    return pl.DataFrame(
        {
            "dong": _word(words),
            "other": _word(words.str.replace(_WORD, " ")),
            "lot": pl.select(
                mountain + main + pl.when(sub != "").then("-" + sub).otherwise(pl.lit(""))
            ).to_series(),
            "road": road.to_series(0).fill_null(""),
            "number": road.to_series(1).cast(pl.Int32, strict=False),
            "course": words.str.strip_chars().str.contains(_COURSE) & (main == ""),
        }
    )


def _word(texts: pl.Series) -> pl.Series:
    return texts.str.extract(_WORD, 1).fill_null("").str.replace_all(r"\s", "")


def parse_name(texts: pl.Series) -> pl.Series:
    """The dong that a facility is called after ('전농1동-0001', '신길1동 - 2', '면목동'), else ""."""
    bare = texts.cast(pl.String).fill_null("").str.strip_chars()
    return bare.str.extract(rf"^({_DONG})\s*[-_.\s]*[\d\s,-]*$", 1).fill_null("").alias("named")
