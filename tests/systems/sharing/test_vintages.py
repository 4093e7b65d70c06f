"""Vintages wait, are compared, approved, rejected, rolled back and undone; places follow exactly."""

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.files.backup.services import _files
from sunra.platform.places.models import Facility
from sunra.systems.sharing import comparison, selectors, services, shelf
from sunra.systems.sharing.models import Decision, Vintage
from sunra.systems.sharing.services import vintages
from sunra.systems.sharing.suspicion import suspicions
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
State = Vintage.State
NEXT = "중구_CCTV_20261101.csv"


def rows(path: Path, changes: dict[int, str] | None = None, *, count: int = 30, dropped: int = 0) -> Path:
    """The CCTV file of ``nights`` with some lines replaced (by row number) and the last ones dropped."""
    nights.cctv_csv(path, rows=count)
    lines = path.read_bytes().decode("cp949").split("\r\n")
    for number, line in (changes or {}).items():
        lines[number] = line
    if dropped:
        del lines[count + 1 - dropped : count + 1]
    path.write_bytes("\r\n".join(lines).encode("cp949"))
    return path


def camera(number: int, *, cameras: int = 1, north: float = 0.0) -> str:
    """A line of the file: camera ``number`` with another count, or moved north by so many degrees."""
    lon, lat = nights.points(30)[number]
    return f"중구청,,부산광역시 중구 {number},생활방범,{cameras},{lat + north:.7f},{lon},2026-10-01"


def first(tmp_path: Path) -> Vintage:
    """A published vintage of the district office."""
    agency = nights.office()
    path = rows(tmp_path / "중구_CCTV_20261001.csv")
    return services.import_file(
        actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
    )


def waiting(tmp_path: Path, agency: Agency, **made: Any) -> Vintage:
    """A newer file of the series, read and waiting: one camera counted anew, one moved, two gone."""
    changes = made.pop("changes", {3: camera(2, cameras=9), 6: camera(5, north=0.0004)})
    path = rows(tmp_path / NEXT, changes, dropped=made.pop("dropped", 2), **made)
    draft = services.prepare(
        actor=nights.job(agency), agency_id=agency.id, path=path, district=nights.DISTRICT
    )
    return services.keep(actor=nights.job(agency), draft=draft, publish=False)


def officer(agency: Agency, role: str = "data_officer") -> Any:
    """Somebody of the agency."""
    return make_actor(role, agency)


def published() -> list[tuple[Any, ...]]:
    """What is published now, without when and by which vintage."""
    return list(
        Facility.objects.order_by("key").values_list(
            "key", "name", "lon", "lat", "dong", "count", "attrs", "digest"
        )
    )


def test_a_newer_file_waits_and_changes_nothing(tmp_path: Path) -> None:
    """A file with a later date joins the dataset of its series as a draft; what is in use stays."""
    one = first(tmp_path)
    before = published()
    two = waiting(tmp_path, one.agency)
    assert (two.dataset_id, two.state, two.compared_id) == (one.dataset_id, State.DRAFT, one.id)
    assert published() == before


def test_differences_are_found_and_named(tmp_path: Path) -> None:
    """One camera counted anew, one moved 44 m, two gone: each is told apart, the rest is the same."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    counts = {kind: two.changes[kind] for kind in comparison.KINDS}
    assert counts == {"added": 0, "changed": 1, "moved": 1, "gone": 2}
    assert two.changes["same"] == 26
    found = {row["state"]: row for row in selectors.differences(officer(one.agency), two)}
    assert found["changed"]["fields"] == ["cameras"]
    assert (found["changed"]["before"], found["changed"]["after"]) == (["3"], ["9"])
    assert 40 < found["moved"]["metres"] < 50
    assert (found["changed"]["line"], found["gone"]["old_line"]) == (4, 31)


def test_approval_publishes_and_names_the_person(tmp_path: Path) -> None:
    """The click publishes exactly the waiting table, replaces the old vintage and says who did it."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    steward = officer(one.agency)
    services.approve(actor=steward, vintage_id=two.id)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state, Facility.objects.count()) == (State.SUPERSEDED, State.PUBLISHED, 28)
    decision = Decision.objects.first()
    assert decision is not None
    assert (decision.act, decision.person_id, decision.before_id) == ("approve", steward.person_id, one.id)
    assert (decision.gone, decision.added + decision.changed) == (3, 2)
    with pytest.raises(UserError) as caught:
        services.approve(actor=steward, vintage_id=two.id)
    assert caught.value.code == "vintage_state"


def test_a_rejected_vintage_changes_nothing_and_has_a_reason(tmp_path: Path) -> None:
    """Rejecting needs a reason, keeps what is in use, and the same file does not come in by itself."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    before = published()
    with pytest.raises(UserError) as caught:
        services.reject(actor=officer(one.agency), vintage_id=two.id, reason=" no ")
    assert caught.value.code == "no_reason"
    services.reject(actor=officer(one.agency), vintage_id=two.id, reason="half the district is missing")
    services.import_file(
        actor=nights.job(one.agency), agency_id=one.agency_id, path=tmp_path / NEXT, district=nights.DISTRICT
    )
    two.refresh_from_db()
    assert (two.state, published()) == (State.REJECTED, before)


def test_rollback_brings_back_exactly_what_was(tmp_path: Path) -> None:
    """After a rollback every published row is as it was; undo brings the newer vintage back, exactly too."""
    one = first(tmp_path)
    before = published()
    two = waiting(tmp_path, one.agency)
    steward = officer(one.agency)
    services.approve(actor=steward, vintage_id=two.id)
    after = published()
    services.roll_back(actor=steward, vintage_id=one.id, reason="wrong coordinates")
    assert published() == before
    two.refresh_from_db()
    assert two.state == State.ROLLED_BACK
    latest = one.dataset.decisions.first()
    assert latest is not None
    services.undo(actor=steward, decision_id=latest.id)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (published(), two.state, one.state) == (after, State.PUBLISHED, State.SUPERSEDED)


def test_undo_takes_back_approval_and_rejection_and_nothing_older(tmp_path: Path) -> None:
    """The latest decision alone can be undone: approval leads back to waiting, so does a rejection."""
    one = first(tmp_path)
    before = published()
    two = waiting(tmp_path, one.agency)
    steward = officer(one.agency)
    oldest = one.dataset.decisions.get()
    services.approve(actor=steward, vintage_id=two.id)
    with pytest.raises(UserError):
        services.undo(actor=steward, decision_id=oldest.id)
    services.undo(actor=steward, decision_id=two.decisions.get(act="approve").id)
    two.refresh_from_db()
    assert (two.state, published()) == (State.DRAFT, before)
    services.reject(actor=steward, vintage_id=two.id, reason="not this one")
    services.undo(actor=steward, decision_id=two.decisions.get(act="reject").id)
    two.refresh_from_db()
    assert two.state == State.DRAFT
    with pytest.raises(UserError) as caught:
        services.undo(actor=steward, decision_id=two.decisions.filter(act="undo").latest("created").id)
    assert caught.value.code == "cannot_undo"


def test_undoing_the_first_vintage_leaves_nothing_published(tmp_path: Path) -> None:
    """When nothing was in use before, taking the first vintage back empties the dataset's places."""
    agency = nights.office()
    one = waiting(tmp_path, agency, changes={}, dropped=0)
    assert one.changes["first"]
    services.approve(actor=officer(agency), vintage_id=one.id)
    services.undo(actor=officer(agency), decision_id=one.decisions.get().id)
    one.refresh_from_db()
    assert (one.state, Facility.objects.count()) == (State.DRAFT, 0)


def test_an_altered_table_is_never_published(tmp_path: Path) -> None:
    """A table changed on disk, or gone, stops approval with a remedy and nothing changes."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    path = home() / two.table
    frame = pl.read_parquet(path)
    frame.head(3).write_parquet(path)
    before = published()
    for code in ("table_altered", "table_gone"):
        with pytest.raises(UserError) as caught:
            services.approve(actor=officer(one.agency), vintage_id=two.id)
        assert (caught.value.code, bool(str(caught.value.remedy))) == (code, True)
        path.unlink(missing_ok=True)
    two.refresh_from_db()
    assert (two.state, published()) == (State.DRAFT, before)


def test_a_vintage_in_between_renews_the_comparison(tmp_path: Path) -> None:
    """Approving against another vintage than was compared compares again before it publishes."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    same = rows(tmp_path / "중구_CCTV_20261015.csv", {3: camera(2, cameras=9)})
    between = services.import_file(
        actor=nights.job(one.agency), agency_id=one.agency_id, path=same, district=nights.DISTRICT
    )
    services.approve(actor=officer(one.agency), vintage_id=two.id)
    two.refresh_from_db()
    assert (two.compared_id, two.changes["changed"]) == (between.id, 0)


def test_only_the_owner_decides(tmp_path: Path) -> None:
    """Without the permission, from an agency above, or from elsewhere nobody approves, rejects or undoes."""
    above = nights.office(nights.NEIGHBOUR)
    agency = nights.office(parent=above)
    two = waiting(tmp_path, agency)
    acts = (
        lambda actor: services.approve(actor=actor, vintage_id=two.id),
        lambda actor: services.reject(actor=actor, vintage_id=two.id, reason="reason enough"),
        lambda actor: services.roll_back(actor=actor, vintage_id=two.id, reason="reason enough"),
    )
    for act in acts:
        for actor in (officer(agency, "auditor"), officer(agency, "cpo"), officer(above)):
            with pytest.raises(PermissionDenied):
                act(actor)
        with pytest.raises(Http404):
            act(officer(nights.office("26170")))
    services.approve(actor=officer(agency), vintage_id=two.id)
    with pytest.raises(PermissionDenied):
        services.undo(actor=officer(above), decision_id=two.decisions.get().id)


def test_who_may_hand_in_may_not_publish(tmp_path: Path) -> None:
    """A police officer's file is read and waits; publishing at once is refused."""
    agency = nights.office()
    path = rows(tmp_path / NEXT)
    draft = services.prepare(actor=officer(agency, "cpo"), agency_id=agency.id, path=path)
    with pytest.raises(PermissionDenied):
        services.keep(actor=officer(agency, "cpo"), draft=draft)
    assert services.keep(actor=officer(agency, "cpo"), draft=draft, publish=False).state == State.DRAFT


def test_one_vintage_is_in_use(tmp_path: Path) -> None:
    """The database itself refuses a second published vintage of a dataset."""
    two = waiting(tmp_path, first(tmp_path).agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vintage.objects.filter(id=two.id).update(state=State.PUBLISHED)


def test_tables_are_in_the_backup_and_leave_with_their_vintage(tmp_path: Path) -> None:
    """Every kept table is a member of a backup; the sweep removes those of vintages that are gone."""
    one = first(tmp_path)
    members = _files()
    assert {f"files/{one.table}", f"files/{one.rejects}"} <= members.keys()
    orphan = shelf.path_of(one.dataset_id, one.dataset_id, "table")
    orphan.write_bytes((home() / one.table).read_bytes())
    assert vintages.sweep() == 0
    os.utime(orphan, (0, 0))
    os.utime(home() / one.table, (0, 0))
    assert (vintages.sweep(), orphan.exists(), (home() / one.table).exists()) == (1, False, True)


def test_suspicious_files_are_named(tmp_path: Path) -> None:
    """A file cut at an export limit, with most rows gone or older than what is in use, is pointed out."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency, changes={}, dropped=12)
    assert "many_gone" in two.changes["warnings"]
    odd = Vintage(rows=10_000, accepted=7_000, quarantined=3_000, elsewhere=6_000)
    assert suspicions(odd, None, None) == ["rows_cut", "much_aside", "other_place"]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=40), st.lists(st.integers(0, 9), min_size=1, max_size=40)
)
@settings(max_examples=40, deadline=None)
def test_every_row_is_in_exactly_one_group(old: list[int], new: list[int]) -> None:
    """Whatever repeats, before = same + changed + moved + gone and after = same + changed + moved + added."""

    def frame(values: list[int]) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "line": range(2, len(values) + 2),
                "key": [f"#{value}~{n}" for n, value in enumerate(values)],
                "name": [f"n{value % 4}" for value in values],
                "address": [f"a{value % 3}" if value % 2 else "" for value in values],
                "lon": [127.0 + value / 10_000 for value in values],
                "lat": [37.5 for _ in values],
                "cameras": values,
            }
        )

    found = comparison.compare(frame(old), frame(new))
    both = found.same + found.count("changed") + found.count("moved")
    assert both + found.count("gone") == len(old)
    assert both + found.count("added") == len(new)
    assert comparison.compare(frame(old), frame(old)).table.is_empty()


def test_the_page_shows_differences_and_takes_the_click(tmp_path: Path) -> None:
    """The steward sees the four figures, the map's layers and the table, approves with one click, undoes."""
    one = first(tmp_path)
    two = waiting(tmp_path, one.agency)
    person = make_person("data_officer", one.agency)
    client = signed_in(person)
    address = f"/data/vintages/{two.id}/"
    text = client.get(address).content.decode()
    assert f"{address}approve/" in text
    assert f"{address}changes/?state=moved" in text
    moved = client.get(f"{address}changes/?state=moved").json()
    assert [one["geometry"]["type"] for one in moved["features"]] == ["LineString"]
    assert client.post(f"{address}approve/").status_code == 302
    two.refresh_from_db()
    assert two.state == State.PUBLISHED
    text = client.get(f"/data/{one.dataset_id}/").content.decode()
    assert person.name in text
    decision = two.decisions.get()
    assert client.post(f"/data/decisions/{decision.id}/undo/").status_code == 302
    back = client.post(f"/data/vintages/{one.id}/roll-back/", {"reason": "already in use"})
    assert back.status_code == 409
    answer = client.post(f"{address}reject/", {"reason": "cameras counted twice"})
    assert answer.status_code == 302


def test_pages_refuse_who_may_not_decide(tmp_path: Path) -> None:
    """An auditor sees the vintage without buttons and cannot post; another agency gets 404."""
    two = waiting(tmp_path, first(tmp_path).agency)
    auditor = signed_in(make_person("auditor", two.agency))
    address = f"/data/vintages/{two.id}/"
    assert "approve/" not in auditor.get(address).content.decode()
    other = signed_in(make_person("data_officer", nights.office(nights.NEIGHBOUR)))
    for step in ("approve", "reject", "roll-back"):
        assert auditor.post(f"{address}{step}/", {"reason": "reason enough"}).status_code == 403
        assert other.post(f"{address}{step}/", {"reason": "reason enough"}).status_code == 404
    assert other.get(f"{address}changes/").status_code == 404
