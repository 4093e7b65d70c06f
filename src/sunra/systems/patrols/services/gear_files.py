"""Equipment from files: what has a serial number by it, piles by kind, name, size and last day of use."""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.patrols.models import Gear, GearKind
from sunra.systems.patrols.rules import MANAGE_GEAR
from sunra.systems.patrols.services.equipment import Thing, add_gear, change_gear
from sunra.systems.patrols.services.sheets import (
    Imported,
    Sheet,
    WrongFieldError,
    day,
    each,
    needed,
    parsed,
)

COLUMNS = ("kind", "name", "size", "serial", "quantity", "expires", "inspect_by")
NEEDED = ("kind", "name")
WORDS = {
    "종류": "kind", "이름": "name", "품명": "name", "모델": "name", "이름·모델": "name", "크기": "size",
    "규격": "size", "일련번호": "serial", "수량": "quantity", "사용기한": "expires", "사용 기한": "expires",
    "유효기간": "expires", "점검기한": "inspect_by", "점검 기한": "inspect_by", "점검일": "inspect_by",
}  # fmt: skip
"""Korean heads that stock lists carry, and the column each stands for."""
_KINDS = {
    "조끼": GearKind.VEST, "형광조끼": GearKind.VEST, "손전등": GearKind.LAMP, "경광봉": GearKind.LAMP,
    "무전기": GearKind.RADIO, "보호 장구": GearKind.ARMOUR, "보호장구": GearKind.ARMOUR,
    "기타": GearKind.OTHER,
}  # fmt: skip


@transaction.atomic
def take_gear(*, actor: Actor, agency_id: UUID, sheet: Sheet) -> Imported:
    """Take a stock list: what is there is corrected, the rest is added; never fewer than are out.

    Raises ``PermissionDenied``; ``ImportRefused`` with row and field, and nothing is written then.
    """
    require(actor, MANAGE_GEAR)
    if agency_id != actor.agency_id:
        raise PermissionDenied
    stock = Gear.objects.filter(agency_id=agency_id, retired_at=None).order_by("created")
    known = {_key(row): row.pk for row in stock}

    def keep(row: Mapping[str, str]) -> tuple[str, bool]:
        thing = _thing(row)
        key = _key(thing)
        new = key not in known
        try:
            if new:
                known[key] = add_gear(actor=actor, thing=thing).pk
            else:
                change_gear(actor=actor, gear_id=known[key], thing=thing)
        except UserError as error:
            field = error.where[0] if error.where else "name"
            raise WrongFieldError(field, str(error.message), str(error.remedy)) from error
        return " ".join(filter(None, key)), new

    return each(sheet, keep)


def _key(thing: Gear | Thing) -> tuple[str, ...]:
    """What makes it the same thing in the next list."""
    if thing.serial:
        return thing.kind, thing.serial
    return thing.kind, thing.name, thing.size, str(thing.expires or "")


def _thing(row: Mapping[str, str]) -> Thing:
    """One row's gear; a pile says how many there are."""
    kind = needed(row, "kind")
    kind = _KINDS.get(kind, kind.lower())
    if kind not in GearKind.values:
        raise WrongFieldError(
            "kind",
            _("This kind of equipment is not known."),
            _("Write vest, lamp, radio, armour or other, or the Korean word."),
        )
    serial = " ".join(row.get("serial", "").split())
    count = row.get("quantity", "").strip() or ("1" if serial else "")
    return Thing(
        kind=str(kind),
        name=" ".join(needed(row, "name").split())[:80],
        size=" ".join(row.get("size", "").split())[:20],
        serial=serial[:60],
        quantity=parsed(int, count.replace(",", ""), "quantity"),
        expires=day(row, "expires"),
        inspect_by=day(row, "inspect_by"),
    )
