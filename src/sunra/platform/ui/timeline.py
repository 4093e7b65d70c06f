"""What happened and what is due, in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sunra.platform.base.errors import Text


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One point of ``{% timeline items %}``; ``state`` gives its mark and is also written as a word."""

    when: datetime | None
    title: Text
    text: Text = ""
    who: Text = ""
    state: Literal["done", "now", "next", "late"] = "done"
    url: str = ""
