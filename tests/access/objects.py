"""Rows behind the addresses that take arguments: each factory makes one that belongs to an agency.

A new address with arguments needs an entry here; the tests fail until it has one. ``OBJECTS`` maps its URL
name to a factory ``(agency, person) -> arguments``; ``NOT_ROWS`` holds those whose arguments are no row.
"""

import datetime as dt
import uuid
from collections.abc import Callable

from allauth.usersessions.models import UserSession

from sunra.platform.accounts.models import Invitation, MachineKey, Person
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from sunra.platform.events.models import Delivery, Event
from sunra.platform.files.models import StoredFile
from sunra.platform.jobs.models import Job
from sunra.platform.maps.streets import path_of
from sunra.platform.notices.models import Notice
from sunra.platform.places.models import Facility, Street
from sunra.systems.patrols.models import (
    Alarm,
    CalendarDay,
    DogPair,
    Gear,
    GearIssue,
    Hazard,
    Hook,
    Member,
    Organisation,
    Plan,
    Shift,
    ShiftPass,
)
from sunra.systems.risk.models import Forecast, Override, PatrolRequest
from sunra.systems.sharing.models import (
    Agreement,
    Connector,
    Dataset,
    Decision,
    DropOff,
    Opening,
    SavedView,
    Screening,
    StatisticsRun,
    Vintage,
)
from tests.platform.accounts.people import make_agency, make_person

Factory = Callable[[Agency, Person], dict[str, object]]
DAY = dt.date(2026, 11, 22)
FROM_THE_FUTURE = dt.timedelta(days=2)


def _agency(agency: Agency, _person: Person) -> dict[str, object]:
    return {"pk": agency.pk}


def _membership(agency: Agency, _person: Person) -> dict[str, object]:
    return {"pk": make_person("volunteer", agency).memberships.get().pk}


def _invitation(agency: Agency, _person: Person) -> dict[str, object]:
    row = Invitation.objects.create(
        agency=agency,
        email="a@example.org",
        role="analyst",
        token_hash=uuid.uuid4().hex,
        expires=now() + FROM_THE_FUTURE,
    )
    return {"pk": row.pk}


def _key(agency: Agency, _person: Person) -> dict[str, object]:
    row = MachineKey.objects.create(
        agency=agency, name="x", prefix=uuid.uuid4().hex[:8], secret_hash="", expires=now() + FROM_THE_FUTURE
    )
    return {"pk": row.pk}


def _session(_agency: Agency, person: Person) -> dict[str, object]:
    row = UserSession.objects.create(user=person, ip="192.0.2.1", session_key=uuid.uuid4().hex)
    return {"pk": row.pk}


def _file(agency: Agency, _person: Person) -> dict[str, object]:
    row = StoredFile.objects.create(
        agency=agency, name="a.csv", kind="test", media_type="text/csv", size=1, sha256="0" * 64
    )
    return {"file_id": row.pk}


def _job(agency: Agency, person: Person) -> dict[str, object]:
    row = Job.objects.create(agency=agency, kind="test.kind", requested_by=str(person.public_id))
    return {"job_id": row.pk}


def _notice(_agency: Agency, person: Person) -> dict[str, object]:
    row = Notice.objects.create(person=person, kind="test", text="x", created=now())
    return {"notice_id": row.pk}


def _delivery(agency: Agency, _person: Person) -> dict[str, object]:
    event = Event.objects.create(type="test.happened", version=1, agency=agency, payload={})
    row = Delivery.objects.create(event=event, consumer="test", state=Delivery.State.DEAD, due=now())
    return {"delivery_id": row.pk}


def _dataset_row(agency: Agency) -> Dataset:
    return Dataset.objects.create(agency=agency, kind="cctv", title=uuid.uuid4().hex)


def _dataset(agency: Agency, _person: Person) -> dict[str, object]:
    return {"dataset_id": _dataset_row(agency).pk}


def _collection(agency: Agency, _person: Person) -> dict[str, object]:
    return {"collection_id": _dataset_row(agency).pk}


def _item(agency: Agency, _person: Person) -> dict[str, object]:
    dataset = _dataset_row(agency)
    given = {"kind": "cctv", "source": f"sharing/{dataset.pk}", "key": "1", "published": now()}
    return {"collection_id": dataset.pk, "feature_id": Facility.objects.create(agency=agency, **given).pk}


def _connector(agency: Agency, _person: Person) -> dict[str, object]:
    chosen = {"guGun": uuid.uuid4().hex}
    return {"connector_id": Connector.objects.create(agency=agency, source="cctv_info", chosen=chosen).pk}


def _open(agency: Agency, _person: Person) -> dict[str, object]:
    dataset = _dataset_row(agency)
    Opening.objects.create(agency=agency, dataset=dataset, form="features", licence="KOGL-1", title="x")
    return {"dataset_id": dataset.pk}


def _statistics_run(agency: Agency, _person: Person) -> dict[str, object]:
    row = StatisticsRun.objects.create(agency=agency, folder="statistics/none", code_version="1")
    return {"run_id": row.pk}


def _saved_view(agency: Agency, person: Person) -> dict[str, object]:
    return {"view_id": SavedView.objects.create(agency=agency, person=person, name="x", query={}).pk}


def _vintage(agency: Agency, _person: Person) -> dict[str, object]:
    row = Vintage.objects.create(
        agency=agency,
        dataset=_dataset_row(agency),
        file_name="a.csv",
        sha256="0" * 64,
        reader="1",
        kind="cctv",
        rows=1,
        accepted=1,
        merged=0,
        quarantined=0,
    )
    return {"vintage_id": row.pk}


def _waiting(agency: Agency, _person: Person) -> dict[str, object]:
    given = _vintage(agency, _person)
    Vintage.objects.filter(pk=given["vintage_id"]).update(state=Vintage.State.DRAFT)
    return given


def _decision(agency: Agency, _person: Person) -> dict[str, object]:
    vintage = Vintage.objects.get(pk=_vintage(agency, _person)["vintage_id"])
    row = Decision.objects.create(agency=agency, dataset=vintage.dataset, vintage=vintage, act="reject")
    return {"decision_id": row.pk}


def _drop_off(agency: Agency, person: Person) -> dict[str, object]:
    return {"drop_off_id": DropOff.objects.create(agency=agency, sender=person).pk}


def _forecast_row(agency: Agency) -> Forecast:
    return Forecast.objects.create(
        agency=agency,
        district="11290",
        day=DAY,
        params={},
        thresholds={},
        code_version="1",
        seed=0,
        event_source="prior",
        path="none.parquet",
        sha256="0" * 64,
        digest=uuid.uuid4().hex,
        cells=0,
    )


def _forecast(agency: Agency, _person: Person) -> dict[str, object]:
    return {"forecast_id": _forecast_row(agency).pk}


def _area(agency: Agency, _person: Person) -> dict[str, object]:
    _forecast_row(agency)
    return {"kind": "dong", "code": "1129010100"}


def _cell(agency: Agency, _person: Person) -> dict[str, object]:
    return {"forecast_id": _forecast_row(agency).pk, "cell_e": 9544, "cell_n": 19566}


def _request(agency: Agency, _person: Person) -> dict[str, object]:
    given = {"district": "11290", "dong": "1129010100", "cause": "noise", "slots": 1, "days": 1}
    row = PatrolRequest.objects.create(agency=agency, last_asked=now(), **given)
    return {"request_id": row.pk}


def _override(agency: Agency, _person: Person) -> dict[str, object]:
    given = {"district": "11290", "title": "x", "cells": [[9544, 19566]], "slots": 1, "factor": 2.0}
    row = Override.objects.create(agency=agency, starts=DAY, until=DAY, **given)
    return {"override_id": row.pk}


def _plan(agency: Agency, _person: Person) -> dict[str, object]:
    row = Plan.objects.create(
        agency=agency,
        district="11290",
        day=DAY,
        forecast=uuid.uuid4(),
        event_source="prior",
        seed=0,
        params={},
        code_version="1",
        distance_source="straight_line",
        teams_source="given",
        objective=0,
        digest=uuid.uuid4().hex,
    )
    return {"plan_id": row.pk}


def _organisation(agency: Agency, _person: Person) -> dict[str, object]:
    return {"organisation_id": _group(agency).pk}


def _group(agency: Agency) -> Organisation:
    return Organisation.objects.create(
        agency=agency, key=uuid.uuid4().hex, name="x", kind="neighbourhood", group=agency
    )


def _member(agency: Agency, _person: Person) -> dict[str, object]:
    return {"member_id": _member_row(agency).pk}


def _member_row(agency: Agency) -> Member:
    return Member.objects.create(agency=agency, organisation=_group(agency), key=uuid.uuid4().hex)


def _dog(agency: Agency, _person: Person) -> dict[str, object]:
    return {"pair_id": DogPair.objects.create(agency=agency, handler=_member_row(agency)).pk}


def _shift_row(agency: Agency) -> Shift:
    starts = now()
    return Shift.objects.create(
        agency=agency, group=agency, name=uuid.uuid4().hex, kind="foot", district="11290", day=DAY,
        starts=starts, ends=starts + dt.timedelta(hours=3),
    )  # fmt: skip


def _shift(agency: Agency, _person: Person) -> dict[str, object]:
    return {"shift_id": _shift_row(agency).pk}


def _log_paper(agency: Agency, person: Person) -> dict[str, object]:
    return _shift(agency, person) | {"ending": "hwpx"}


def _phone(agency: Agency, _person: Person) -> dict[str, object]:
    row = ShiftPass.objects.create(
        shift=_shift_row(agency), token_hash=uuid.uuid4().hex, expires=now() + FROM_THE_FUTURE
    )
    return {"pass_id": row.pk}


def _alarm(agency: Agency, _person: Person) -> dict[str, object]:
    row = Alarm.objects.create(agency=agency, shift=_shift_row(agency), kind="help", raised_at=now())
    return {"alarm_id": row.pk}


def _hazard(agency: Agency, _person: Person) -> dict[str, object]:
    return {"hazard_id": Hazard.objects.create(agency=agency, kind="lamp", at=now(), sent_to="120").pk}


def _streets(agency: Agency, _person: Person) -> dict[str, object]:
    box = {"e_min": 9530, "e_max": 9540, "n_min": 19530, "n_max": 19540}
    line = [[127.0, 37.5], [127.1, 37.5]]
    row = {"agency": agency, "kind": "road", "source": "t", "key": uuid.uuid4().hex, "published": now()}
    Street.objects.create(**row, geometry=line, **box)
    path_of(agency.pk).write_bytes(b"PMTiles")
    return {"agency_id": agency.pk}


def _agreement_between(owner: Agency, receiver: Agency, state: str) -> dict[str, object]:
    row = Agreement.objects.create(
        agency=owner,
        receiver=receiver,
        dataset=_dataset_row(owner),
        purpose="to plan the patrols",
        basis="article 8",
        fields=["lon", "lat"],
        starts=now().date() - FROM_THE_FUTURE,
        ends=now().date() + FROM_THE_FUTURE,
        due=now().date() + FROM_THE_FUTURE,
        state=state,
        reasons="" if state == "requested" else "the law allows it",
    )
    return {"agreement_id": row.pk}


def _confirmed_plan(agency: Agency, person: Person) -> dict[str, object]:
    found = _plan(agency, person)
    Plan.objects.filter(pk=found["plan_id"]).update(status="confirmed")
    return found


def _calendar_day(agency: Agency, _person: Person) -> dict[str, object]:
    row = CalendarDay.objects.create(
        agency=agency, kind="joint", title="x", starts=now(), ends=now() + FROM_THE_FUTURE
    )
    return {"day_id": row.pk}


def _gear(agency: Agency, _person: Person) -> dict[str, object]:
    return {"gear_id": Gear.objects.create(agency=agency, kind="radio", name="x", serial=uuid.uuid4().hex).pk}


def _gear_issue(agency: Agency, person: Person) -> dict[str, object]:
    row = GearIssue.objects.create(
        agency=agency, gear_id=_gear(agency, person)["gear_id"], holder="x", single=True, issued_at=now()
    )
    return {"issue_id": row.pk}


def _hook(agency: Agency, _person: Person) -> dict[str, object]:
    given = {"name": uuid.uuid4().hex, "url": "https://hooks.example.org/", "sealed": ""}
    return {"hook_id": Hook.objects.create(agency=agency, **given).pk}


def _asked_of(agency: Agency, _person: Person) -> dict[str, object]:
    return _agreement_between(agency, make_agency(), "requested")


def _granted_by(agency: Agency, _person: Person) -> dict[str, object]:
    return _agreement_between(agency, make_agency(), "granted")


def _granted_to(agency: Agency, _person: Person) -> dict[str, object]:
    return _agreement_between(make_agency(), agency, "granted")


def _screening(agency: Agency, _person: Person) -> dict[str, object]:
    finding = {"column": "x", "kind": "name", "share": 1.0, "by_name": True}
    row = Screening.objects.create(
        agency=agency,
        title="x",
        file_name="x.csv",
        sha256=uuid.uuid4().hex * 2,
        findings=[finding],
        refused=True,
    )
    return {"screening_id": row.pk}


OBJECTS: dict[str, Factory] = {
    "accounts:end": _membership,
    "accounts:end_session": _session,
    "accounts:key": _key,
    "accounts:membership": _membership,
    "accounts:reset_factors": _membership,
    "accounts:revoke_key": _key,
    "accounts:withdraw": _invitation,
    "api:cells": _forecast,
    "api:cells_csv": _forecast,
    "api:cells_gpx": _forecast,
    "api:forecast_areas": _forecast,
    "api:forecast_shortage": _forecast,
    "api:ogc_collection": _collection,
    "api:ogc_item": _item,
    "api:ogc_items": _collection,
    "api:plan": _plan,
    "api:plan_gpx": _confirmed_plan,
    "agencies:detail": _agency,
    "agencies:edit": _agency,
    "events:redeliver": _delivery,
    "files:download": _file,
    "jobs:cancel": _job,
    "jobs:detail": _job,
    "jobs:progress": _job,
    "jobs:retry": _job,
    "maps:streets": _streets,
    "notices:read": _notice,
    "patrols:alarm_close": _alarm,
    "patrols:alarm_see": _alarm,
    "patrols:calendar_cancel": _calendar_day,
    "patrols:calendar_day": _calendar_day,
    "patrols:gear": _gear,
    "patrols:gear_back": _gear_issue,
    "patrols:gear_inspect": _gear,
    "patrols:gear_issue": _gear,
    "patrols:gear_retire": _gear,
    "patrols:hazard": _hazard,
    "patrols:hazard_photo": _hazard,
    "patrols:hook": _hook,
    "patrols:hook_renew": _hook,
    "patrols:hook_switch": _hook,
    "patrols:hook_test": _hook,
    "patrols:live_ask": _shift,
    "patrols:live_close": _alarm,
    "patrols:log": _shift,
    "patrols:log_paper": _log_paper,
    "patrols:log_sign": _shift,
    "patrols:phone_revoke": _phone,
    "patrols:shift": _shift,
    "patrols:shift_here": _shift,
    "patrols:shift_invite": _shift,
    "patrols:shift_say": _shift,
    "patrols:signs": _plan,
    "patrols:confirm": _plan,
    "tonight_again": _shift,
    "tonight_change": _plan,
    "tonight_compare": _plan,
    "tonight_unwalked": _plan,
    "tonight_unwalked_shapes": _plan,
    "patrols:geojson": _plan,
    "patrols:gpx": _plan,
    "patrols:dog": _dog,
    "patrols:dog_papers": _dog,
    "patrols:dog_score": _dog,
    "patrols:dog_step": _dog,
    "patrols:member": _member,
    "patrols:member_change": _member,
    "patrols:member_step": _member,
    "patrols:member_withdraw": _member,
    "patrols:organisation": _organisation,
    "patrols:pdf": _plan,
    "patrols:plan_detail": _plan,
    "risk:area": _area,
    "risk:cell": _cell,
    "risk:cells": _forecast,
    "risk:cells_csv": _forecast,
    "risk:cells_gpx": _forecast,
    "risk:override": _override,
    "risk:override_cells": _forecast,
    "risk:override_withdraw": _override,
    "risk:request": _request,
    "risk:request_accept": _request,
    "risk:request_decline": _request,
    "risk:request_merge": _request,
    "risk:request_undo": _request,
    "sharing:connector": _connector,
    "sharing:agreement": _asked_of,
    "sharing:agreement_data": _granted_to,
    "sharing:agreement_decide": _asked_of,
    "sharing:agreement_revoke": _granted_by,
    "sharing:agreement_withdraw": _granted_to,
    "sharing:screening": _screening,
    "sharing:dataset": _dataset,
    "sharing:open_close": _open,
    "sharing:open_decide": _dataset,
    "sharing:statistics_run": _statistics_run,
    "sharing:statistics_view": _saved_view,
    "sharing:statistics_view_delete": _saved_view,
    "sharing:statistics_view_plan": _saved_view,
    "sharing:statistics_view_report": _saved_view,
    "sharing:dataset_edit": _dataset,
    "sharing:mapping": _vintage,
    "sharing:receipt": _drop_off,
    "sharing:receipt_pdf": _drop_off,
    "sharing:receipt_quarantine": _drop_off,
    "sharing:undo": _decision,
    "sharing:vintage": _vintage,
    "sharing:vintage_approve": _waiting,
    "sharing:vintage_changes": _vintage,
    "sharing:vintage_quarantine": _vintage,
    "sharing:vintage_reject": _waiting,
    "sharing:vintage_roll_back": _vintage,
}

NOT_ROWS: dict[str, dict[str, object]] = {
    "duty:photo": {"event_id": uuid.UUID(int=5)},
    "account_confirm_email": {"key": "x"},
    "account_reset_password_from_key": {"uidb36": "x", "key": "x-y"},
    "accounts:join": {"token": "x"},
    "api:open_counts": {"dataset_id": uuid.UUID(int=0)},
    "open:counts": {"dataset_id": uuid.UUID(int=0)},
    "open:dataset": {"dataset_id": uuid.UUID(int=0)},
    "open:file": {"dataset_id": uuid.UUID(int=0), "ending": "csv"},
    "open:preview": {"dataset_id": uuid.UUID(int=0)},
    "open:tiles": {"dataset_id": uuid.UUID(int=0)},
    "patrols:calendar_ics": {"token": "x"},
    "request:status": {"code": "X"},
    "request:withdraw": {"code": "X"},
    "openid_connect_login": {"provider_id": "oidc"},
    "openid_connect_callback": {"provider_id": "oidc"},
}
