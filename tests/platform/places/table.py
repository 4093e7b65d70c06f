"""Small tables to publish, in Seongbuk-gu."""

from datetime import datetime
from typing import Any

import polars as pl

DONG = "1129013300"
LON, LAT = 127.0167, 37.5894


def lights(count: int = 3, **changed: list[Any]) -> pl.DataFrame:
    """``count`` security lights some 90 m apart."""
    columns: dict[str, list[Any]] = {
        "key": [f"light-{n}" for n in range(count)],
        "lon": [LON + n / 1000 for n in range(count)],
        "lat": [LAT] * count,
        "dong": [DONG] * count,
        "name": [f"등 {n}" for n in range(count)],
        "lamps": [n + 1 for n in range(count)],
        "address": ["서울특별시 성북구 보문로 168"] * count,
    }
    return pl.DataFrame(columns | changed)


def calls(count: int = 4, **changed: list[Any]) -> pl.DataFrame:
    """``count`` calls of one cell, an hour apart."""
    columns: dict[str, list[Any]] = {
        "key": [f"call-{n}" for n in range(count)],
        "lon": [LON] * count,
        "lat": [LAT] * count,
        "dong": [DONG] * count,
        "name": ["홍길동"] * count,
        "caller": ["010-0000-0000"] * count,
        "family": ["disorder"] * count,
        "category": ["소란"] * count,
        "time_from": [datetime(2026, 11, 1, n) for n in range(count)],
        "time_to": [None] * count,
        "weight": [1.0] * count,
    }
    return pl.DataFrame(columns | changed)


def roads() -> pl.DataFrame:
    """Two pieces of street that meet; the second is a kilometre long."""
    return pl.DataFrame(
        {
            "key": ["a", "b"],
            "name": ["보문로", "동소문로"],
            "dong": [DONG, DONG],
            "level": ["residential", "primary"],
            "geometry": [[[LON, LAT], [LON + 0.001, LAT]], [[LON + 0.001, LAT], [LON + 0.012, LAT]]],
        }
    )
