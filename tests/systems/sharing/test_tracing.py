"""From every number of the statistics to its vintages, and from there to the rows, under the same rules."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from sunra.platform.ledger.models import Record
from sunra.platform.places.models import Facility, PlaceEvent
from sunra.platform.places.services import publish
from sunra.systems.sharing.models import StatisticsRun, Vintage
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics import View, tracing
from sunra.systems.sharing.services import statistics
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing import statistics_town as towns
from tests.systems.sharing.test_vintages import first

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def vintage(tmp_path: Path) -> Vintage:
    """Cameras of a file, and events that came with the same vintage; the night's figures are computed."""
    found = first(tmp_path)
    town_events = towns.events(found.agency)
    PlaceEvent.objects.all().delete()
    publish(
        actor=nights.job(found.agency), agency_id=found.agency.id, layer="event", kind="call112",
        source=f"sharing/{found.dataset_id}", frame=town_events, vintage=str(found.id),
    )  # fmt: skip
    statistics.make(actor=nights.job(found.agency), agency_id=found.agency.id)
    return found


def links(client: Client, path: str, part: str) -> list[str]:
    """The addresses on a page that hold ``part``."""
    text = client.get(path).content.decode()
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', text) if part in unescape(found)]


def test_the_rows_found_are_those_counted(vintage: Vintage) -> None:
    """For every kind of unit the rows behind a figure are as many as the figure says."""
    actor, run = make_actor("data_officer", vintage.agency), StatisticsRun.objects.get()
    for by in ("dong", "district", "hour", "type", "cell"):
        figures = selectors.figures(actor, run, View.read({"by": by})).rows
        figure = max(figures, key=lambda row: row.numerator)
        chosen = View.read({"by": by, "unit": figure.unit})
        (one,) = tracing.sources(run, chosen)
        assert tracing.rows(actor, one, tracing.part(actor, run, chosen)).count() == figure.numerator > 0


def test_a_number_leads_to_vintage_and_line(vintage: Vintage) -> None:
    """Statistics page → sources with their balance → the rows → file and line."""
    officer = signed_in(make_person("data_officer", vintage.agency))
    page = "/data/statistics/?indicator=facilities_per_km2&by=district"
    run_page = next(one for one in links(officer, page, "/runs/") if "unit=" in one)
    text = officer.get(run_page).content.decode()
    assert vintage.file_name in text
    assert f"{vintage.accepted}" in text
    rows_page = links(officer, run_page, "/data/lineage/rows/")[0]
    line_pages = links(officer, rows_page, "/data/lineage/?layer=facility")
    assert len(line_pages) == min(Facility.objects.count(), 25)
    assert vintage.file_name in officer.get(line_pages[0]).content.decode()
    assert not Record.objects.filter(subject="places.PlaceEvent").exists()


def test_single_events_are_looked_at_on_record_and_by_their_owner(vintage: Vintage) -> None:
    """The ledger knows of the look; others of the same dongs and wrong addresses get nothing."""
    officer = signed_in(make_person("data_officer", vintage.agency))
    run_page = next(one for one in links(officer, "/data/statistics/?by=type", "/runs/") if "unit=" in one)
    rows_page = links(officer, run_page, "/data/lineage/rows/")[0]
    assert officer.get(rows_page).status_code == 200
    look = Record.objects.get(subject="places.PlaceEvent")
    assert (look.act, look.ref) == ("look", str(vintage.id))
    station = signed_in(make_person("data_officer", nights.office()))
    assert station.get(rows_page).status_code == 404
    volunteer = signed_in(make_person("volunteer", vintage.agency))
    assert volunteer.get(rows_page).status_code == 403
    auditor = signed_in(make_person("auditor", vintage.agency))
    assert auditor.get(rows_page.replace("by=type", "by=hour")).status_code in {403, 404}
    for wrong in ("", "?run=x", f"{rows_page[rows_page.index('?') :]}&layer=street"):
        assert officer.get(f"/data/lineage/rows/{wrong}").status_code == 404


def test_staff_reach_the_origin_from_the_public_page(vintage: Vintage) -> None:
    """The public page links its figures for staff who may see the run, and for nobody else."""
    officer = signed_in(make_person("data_officer", vintage.agency))
    found = links(officer, "/area/", "/runs/")
    assert found
    assert officer.get(found[0]).status_code == 200
    assert links(Client(), "/area/", "/runs/") == []
    assert links(signed_in(make_person("volunteer", vintage.agency)), "/area/", "/runs/") == []
