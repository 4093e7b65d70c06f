"""Sample rows without what points at a person: those columns show that something stands there, not what."""

import re
from collections.abc import Sequence

from sunra.systems.sharing.gathering import PERSONAL

HIDDEN = "●●●"
_HEAD = re.compile(PERSONAL)
_PLACE = re.compile("기관|시설|역사|학교|도로|위치|점포|장소|관서")
_VALUE = re.compile(r"\d{6}-[1-8]\d{6}|01[016789][- .]?\d{3,4}[- .]?\d{4}|[\w.+-]+@[\w-]+\.\w+")


def rows(header: Sequence[str], sample: Sequence[Sequence[str]]) -> list[list[str]]:
    """The sample with cells of personal columns, and cells that look personal, hidden."""
    hidden = {
        index
        for index, name in enumerate(header)
        if _HEAD.search(name) and not (_PLACE.search(name) and "전화" not in name and "담당" not in name)
    }
    return [
        [
            HIDDEN if cell.strip() and (index in hidden or _VALUE.search(cell)) else cell
            for index, cell in enumerate(row)
        ]
        for row in sample
    ]
