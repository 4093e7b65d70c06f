"""``sunra cell``: the national 100 m cell and its 국가지점번호, both ways."""

import json

import click

from sunra.core.geo import cells
from sunra.core.geo.errors import NotACell, OutsideGrid

_NUMBERS = {"ignore_unknown_options": True}  # a negative longitude is a place, not an option


@click.command(context_settings=_NUMBERS)
@click.argument("place", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cell(place: tuple[str, ...], *, as_json: bool) -> None:
    """PLACE is either LON LAT or a printed cell such as 다사 544 466."""
    try:
        cell_e, cell_n = _cell_of(place)
        name = cells.format_cell(cell_e, cell_n)
    except NotACell as error:
        raise click.UsageError(
            "not a place: give longitude and latitude (127.0167 37.5894) or a cell (다사 544 466)."
        ) from error
    except OutsideGrid as error:
        raise click.UsageError(
            "the place lies outside the national grid of Korea: longitude comes first, then latitude."
        ) from error
    centre_lon, centre_lat = (float(value) for value in cells.center(cell_e, cell_n))
    answer = {
        "cell": name,
        "cell_e": int(cell_e),
        "cell_n": int(cell_n),
        "lon": round(centre_lon, 6),
        "lat": round(centre_lat, 6),
    }
    click.echo(
        json.dumps(answer, ensure_ascii=False)
        if as_json
        else "\n".join(f"{k}: {v}" for k, v in answer.items())
    )


def _cell_of(place: tuple[str, ...]) -> tuple[int, int]:
    """The cell of two numbers or of a printed cell; raises ``NotACell``."""
    try:
        lon, lat = (float(part) for part in place)
    except ValueError:
        return cells.parse_cell(" ".join(place))
    cell_e, cell_n = cells.cell_of(lon, lat)
    return int(cell_e), int(cell_n)
