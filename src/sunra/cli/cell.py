"""``sunra cell``: the national 100 m cell and its 국가지점번호, both ways."""

import json

import click

from sunra.core.geo import cells


@click.command()
@click.argument("place", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cell(place: tuple[str, ...], *, as_json: bool) -> None:
    """PLACE is either LON LAT or a printed cell such as 다사 544 466."""
    try:
        lon, lat = (float(part) for part in place)
    except ValueError:
        cell_e, cell_n = cells.parse_cell(" ".join(place))
    else:
        cell_e, cell_n = (int(value) for value in cells.cell_of(lon, lat))
    centre_lon, centre_lat = (float(value) for value in cells.center(cell_e, cell_n))
    answer = {
        "cell": cells.format_cell(cell_e, cell_n),
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
