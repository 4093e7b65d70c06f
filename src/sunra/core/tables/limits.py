"""How much a file may claim before it is refused."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one `read`; the defaults hold the largest national files (1.84 M rows, 200 MB) and no more.

    ``max_bytes`` counts what lies on the disk, ``max_expanded`` what comes out of gz, zip and xlsx;
    ``max_ratio`` is expanded over packed, looked at only above ``free_expanded`` bytes (small sheets of
    equal rows pack extremely well). ``max_cells`` is the area of a sheet, ``max_json`` in bytes
    (a parser needs many times that), ``max_field`` is in characters, ``max_depth`` in nested brackets,
    ``max_brackets`` how many pairs of them a JSON text may hold.
    """

    max_bytes: int = 256 * MEGABYTE
    max_expanded: int = 512 * MEGABYTE
    free_expanded: int = 32 * MEGABYTE
    max_ratio: float = 100.0
    max_members: int = 2_000
    max_rows: int = 2_500_000
    max_columns: int = 1_000
    max_cells: int = 20_000_000
    max_json: int = 128 * MEGABYTE
    max_field: int = 8_000
    max_depth: int = 64
    max_brackets: int = 5_000_000
