"""Two agencies, a dataset of the one, and an agreement with the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import seoul_today
from sunra.systems.sharing.models import Agreement, Dataset
from sunra.systems.sharing.services import agreements, imports
from tests.platform.accounts.people import make_actor, make_agency
from tests.systems import nights

PURPOSE = "To plan the night patrols of both districts"
REASONS = "The law allows it and the purpose is clear"
FIELDS = ("key", "lon", "lat", "cameras")


@dataclass(frozen=True)
class Case:
    """The owner with its data officer, the receiver with its own, and the dataset."""

    owner: Agency
    receiver: Agency
    officer: Actor
    asker: Actor
    dataset: Dataset


def case(folder: Path) -> Case:
    """A CCTV dataset of a district office, and a neighbour who may ask for it."""
    owner, receiver = nights.office(), make_agency("이웃 구청")
    path = nights.cctv_csv(folder / "중구_CCTV_20261001.csv")
    vintage = imports.import_file(
        actor=nights.job(owner), agency_id=owner.id, path=path, district=nights.DISTRICT
    )
    officer, asker = make_actor("data_officer", owner), make_actor("data_officer", receiver)
    return Case(owner, receiver, officer, asker, vintage.dataset)


def terms(case: Case, **changes: object) -> agreements.Terms:
    """What is asked for in these tests."""
    today = seoul_today()
    given = {
        "dataset_id": case.dataset.id,
        "purpose": PURPOSE,
        "basis": "데이터기반행정법 제8조",
        "fields": FIELDS,
        "starts": today,
        "ends": today + timedelta(days=30),
    }
    return agreements.Terms(**(given | changes))


def granted(case: Case, **changes: object) -> Agreement:
    """An agreement in force."""
    asked = agreements.request(actor=case.asker, terms=terms(case, **changes))
    return agreements.grant(actor=case.officer, agreement_id=asked.id, reasons=REASONS)


def days_from_now(days: int) -> date:
    """A day in Seoul."""
    return seoul_today() + timedelta(days=days)
