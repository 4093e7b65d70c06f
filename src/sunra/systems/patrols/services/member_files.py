"""Members from a file: whole or not at all, nobody twice; what the file does not hold stays as it was."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols import availability, sealed
from sunra.systems.patrols.models import Member, Organisation, Training, TrainingKind
from sunra.systems.patrols.rules import IMPORT
from sunra.systems.patrols.sealed import Details
from sunra.systems.patrols.services.sheets import (
    Imported,
    Sheet,
    WrongFieldError,
    day,
    each,
    needed,
    parsed,
)

COLUMNS = (
    "key", "organisation", "name", "role", "telephone", "languages", "joined", "training_until",
    "insured_until", "hours",
)  # fmt: skip
NEEDED = ("key", "organisation", "name")
WORDS = {
    "단체": "organisation", "단체번호": "organisation", "역할": "role",
    "번호": "key", "회원번호": "key", "조직": "organisation", "조직번호": "organisation", "이름": "name",
    "성명": "name", "직책": "role", "전화": "telephone", "전화번호": "telephone", "연락처": "telephone",
    "휴대전화": "telephone", "휴대폰": "telephone", "언어": "languages", "가입일": "joined",
    "교육 유효일": "training_until",
    "교육유효일": "training_until", "보험 만료일": "insured_until", "보험만료일": "insured_until",
    "활동 시간": "hours", "활동시간": "hours",
}  # fmt: skip
"""Korean heads that lists carry, and the column each stands for."""
_ROLES = {"대장": "leader", "부대장": "deputy", "대원": "member", "회원": "member"}


@dataclass
class _List:
    """A list while it is read: who is stored, who was met, and what is to be written."""

    known: dict[str, UUID]
    stored: dict[tuple[UUID, str], Member]
    people: dict[tuple[UUID, tuple[str, str]], str]
    new: list[Member] = field(default_factory=list)
    changed: list[Member] = field(default_factory=list)
    basic: dict[UUID, dt.date | None] = field(default_factory=dict)

    def keep(self, row: Mapping[str, str]) -> tuple[str, bool]:
        """One row: its key, and whether it is new."""
        group, key = needed(row, "organisation"), needed(row, "key")[:60]
        organisation = self.known.get(group)
        if organisation is None:
            raise WrongFieldError("organisation", *_no_organisation())
        before = self.stored.get((organisation, key))
        details = _details(row, sealed.unseal(before) if before else Details())
        self._once(organisation, key, details)
        member = before or Member(id=uuid.uuid4(), organisation_id=organisation, key=key)
        self._fill(member, row)
        member.sealed = sealed.seal(member.pk, details)
        (self.changed if before else self.new).append(member)
        return f"{group} · {key}", before is None

    def _once(self, organisation: UUID, key: str, details: Details) -> None:
        """Refuse a person whom the list, or the organisation, has under another number."""
        if details.identity is None:
            return
        met = self.people.setdefault((organisation, details.identity), key)
        if met != key:
            raise WrongFieldError(
                "name",
                _("The same person is in this organisation twice: numbers %(first)s and %(second)s.")
                % {"first": met, "second": key},
                _("Keep one of the two lines, under the number that is known, and import the file again."),
            )

    def _fill(self, member: Member, row: Mapping[str, str]) -> None:
        for name in ("joined", "insured_until"):
            if name in row:
                setattr(member, name, day(row, name))
        if "hours" in row:
            member.hours = parsed(availability.parse, row["hours"], "hours")
        if "training_until" in row:
            self.basic[member.pk] = day(row, "training_until")


def import_members(*, actor: Actor, agency_id: UUID, path: Path) -> Imported:
    """Columns of ``COLUMNS`` or their Korean heads, CSV or XLSX; raises ``PermissionDenied``, and
    ``ImportRefused`` with file, row and field: nothing is written then.
    """
    return take_members(
        actor=actor, agency_id=agency_id, sheet=Sheet(path.read_bytes(), path.name, NEEDED, COLUMNS, WORDS)
    )


@transaction.atomic
def take_members(*, actor: Actor, agency_id: UUID, sheet: Sheet, trial: bool = False) -> Imported:
    """As ``import_members``, of a file in memory; the ledger knows before a seal is opened or a name kept.

    A ``trial`` keeps nothing; the ledger then holds only that the list was held against who is stored.
    """
    require(actor, IMPORT)
    if agency_id not in actor.scope:
        raise PermissionDenied
    stored = Member.objects.filter(agency_id=agency_id, withdrawn=None)
    if stored.exists():
        _note(actor, Act.LOOK, agency_id, sheet, {})
    reading = _reading(agency_id, stored)
    done = each(sheet, reading.keep)
    if not trial:
        _note(actor, Act.CHANGE, agency_id, sheet, {"added": done.added, "changed": done.known})
        _write(agency_id, reading)
    return done


def _note(actor: Actor, act: Act, agency_id: UUID, sheet: Sheet, detail: dict[str, Any]) -> None:
    detail = detail | {"sha256": hashlib.sha256(sheet.data).hexdigest()}
    record(
        actor=actor, act=act, subject="patrols.Member", ref=str(agency_id), purpose="import of members",
        detail=detail,
    )  # fmt: skip


def _reading(agency_id: UUID, stored: Any) -> _List:
    rows = list(stored)
    met = ((one.organisation_id, sealed.unseal(one).identity, one.key) for one in rows)
    return _List(
        known=dict(Organisation.objects.filter(agency_id=agency_id).values_list("key", "id")),
        stored={(one.organisation_id, one.key): one for one in rows},
        people={(organisation, who): key for organisation, who, key in met if who is not None},
    )


def _write(agency_id: UUID, reading: _List) -> None:
    for member in reading.new:
        member.agency_id = agency_id
    Member.objects.bulk_create(reading.new, batch_size=500)
    Member.objects.bulk_update(
        reading.changed, ["sealed", "joined", "insured_until", "hours"], batch_size=500
    )
    basic = Training.objects.filter(member_id__in=list(reading.basic), kind=TrainingKind.BASIC)
    basic.delete()
    Training.objects.bulk_create(
        [
            Training(agency_id=agency_id, member_id=member, kind=TrainingKind.BASIC, valid_until=until)
            for member, until in reading.basic.items()
            if until is not None
        ],
        batch_size=500,
    )


def _details(row: Mapping[str, str], before: Details) -> Details:
    """What the row says of a person; what has no column stays."""
    found = replace(before, name=needed(row, "name")[:60])
    if "role" in row:
        found = replace(found, role=_ROLES.get(row["role"], row["role"])[:40])
    if "telephone" in row:
        found = replace(found, telephone=row["telephone"][:30])
    if "languages" in row:
        words = (word.strip()[:20] for word in row["languages"].replace(";", ",").split(","))
        found = replace(found, languages=tuple(word for word in words if word)[:10])
    return found


def _no_organisation() -> tuple[str, str]:
    return _("No organisation has this number."), _("Import the organisations first, or correct the number.")
