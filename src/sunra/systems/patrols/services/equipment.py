"""Writes equipment: stock, issue, return, inspection, end of use."""

import datetime as dt
from dataclasses import asdict, dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now, seoul_today
from sunra.platform.ui.dates import show_date
from sunra.systems.patrols.models import Gear, GearCheck, GearIssue, GearKind
from sunra.systems.patrols.rules import MANAGE_GEAR
from sunra.systems.patrols.selectors import equipment as selectors
from sunra.systems.patrols.selectors.equipment import Holder

MOST = 100_000


@dataclass(frozen=True, slots=True)
class Thing:
    """What is known of gear; with a ``serial`` it is one."""

    kind: str
    name: str
    size: str = ""
    serial: str = ""
    quantity: int = 1
    expires: dt.date | None = None
    inspect_by: dt.date | None = None


def add_gear(*, actor: Actor, thing: Thing) -> Gear:
    """Take gear into the stock of the actor's agency.

    Raises ``PermissionDenied``; ``UserError`` ``gear_words``, ``gear_serial``.
    """
    require(actor, MANAGE_GEAR)
    if actor.agency_id is None:
        raise PermissionDenied
    demo = Agency.objects.values_list("demo", flat=True).get(pk=actor.agency_id)
    return _keep(Gear(agency_id=actor.agency_id, demo=demo), thing)


@transaction.atomic
def change_gear(*, actor: Actor, gear_id: UUID, thing: Thing) -> Gear:
    """Correct what is known of gear; never fewer than are out.

    Raises as :func:`add_gear`, ``Http404``, ``UserError`` ``gear_few``, ``gear_retired``, ``gear_is_out``.
    """
    row = _locked(actor, gear_id)
    _in_use(row)
    out = _out(row)
    if thing.quantity < out:
        raise UserError(
            "gear_few", _("%(out)d are out.") % {"out": out}, _("Take some back first."), where=("quantity",)
        )
    if out and bool(thing.serial.strip()) != bool(row.serial):
        raise UserError(
            "gear_is_out", _("It is out."), _("Take it back before it gets a number or loses it."),
            where=("serial",),
        )  # fmt: skip
    return _keep(row, thing)


def _keep(row: Gear, thing: Thing) -> Gear:
    clean = {
        name: " ".join(value.split()) if isinstance(value, str) else value
        for name, value in asdict(thing).items()
    }
    for name, value in clean.items():
        setattr(row, name, value)
    if thing.kind not in GearKind.values or not row.name or not 1 <= row.quantity <= MOST:
        raise UserError("gear_words", _("The kind, name or number is missing."), _("Correct what is marked."))
    if row.serial and row.quantity != 1:
        raise UserError(
            "gear_words", _("With a serial number it is one thing."),
            _("Set the number to 1, or leave the serial number empty."), where=("quantity",),
        )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise UserError(
            "gear_serial",
            _("This serial number is in the stock already."),
            _("Look it up in the list, or correct the number."),
            where=("serial",),
        ) from error
    return row


@transaction.atomic
def issue(
    *, actor: Actor, gear_id: UUID, to: str, quantity: int = 1, due: dt.date | None = None
) -> GearIssue:
    """Give gear out to the team or group ``to`` (a ``Holder.code``).

    Raises ``PermissionDenied``, ``Http404``; ``UserError`` ``gear_retired``, ``gear_expired``,
    ``gear_overdue``, ``gear_out`` (a serial number that is out), ``gear_few``, ``gear_holder``.
    """
    row = _locked(actor, gear_id)
    _may_go(row)
    held = {one.code: one for one in selectors.holders(actor, row.agency_id)}.get(to)
    if held is None:
        raise UserError(
            "gear_holder", _("This team or group is not on the list."), _("Choose another one."),
            where=("to",),
        )  # fmt: skip
    left = row.quantity - _out(row)
    if row.serial:
        _not_out(row)
    elif not 1 <= quantity <= left:
        raise UserError(
            "gear_few", _("%(left)d are in stock.") % {"left": left}, _("Give out fewer."),
            where=("quantity",),
        )  # fmt: skip
    if due is not None and due < seoul_today():
        raise UserError("gear_due", _("The day of return is past."), _("Choose a later day."), where=("due",))
    return _give(actor, row, held, 1 if row.serial else quantity, due)


def _give(actor: Actor, row: Gear, held: Holder, quantity: int, due: dt.date | None) -> GearIssue:
    try:
        with transaction.atomic():
            return GearIssue.objects.create(
                agency_id=row.agency_id, gear=row, team_id=held.team_id, organisation_id=held.organisation_id,
                holder=held.name[:120], quantity=quantity, single=bool(row.serial), issued_at=now(),
                issued_by=actor.label[:120], due=due,
            )  # fmt: skip
    except IntegrityError:
        # Somebody gave it out between our look and our word: the database lets one of the two pass.
        _not_out(row)
        raise


def _not_out(row: Gear) -> None:
    held = GearIssue.objects.filter(gear=row, closed_at=None).first()
    if held is not None:
        raise UserError(
            "gear_out",
            _("%(serial)s is with %(holder)s since %(day)s.")
            % {"serial": row.serial, "holder": held.holder, "day": show_date(held.issued_at)},
            _("Take it back first, or give out another one."),
            where=("to",),
        )


def _may_go(row: Gear) -> None:
    _in_use(row)
    if selectors.run_out(row):
        raise UserError(
            "gear_expired", _("Its time of use is over."), _("Give out another one, and take it out of use.")
        )
    if selectors.overdue(row):
        raise UserError("gear_overdue", _("Its inspection is overdue."), _("Inspect it first."))


def _in_use(row: Gear) -> None:
    if row.retired_at is not None:
        raise UserError("gear_retired", _("It is out of use."), _("Choose another one."))


@transaction.atomic
def take_back(*, actor: Actor, issue_id: UUID, back: int, lost: int = 0) -> GearIssue:
    """Of what is out, ``back`` came back and ``lost`` is lost or broken: that leaves the stock.

    A thing with a serial number that is lost goes out of use. Raises ``PermissionDenied``, ``Http404``;
    ``UserError`` ``gear_back``.
    """
    require(actor, MANAGE_GEAR)
    found = get_visible(GearIssue.objects.all(), actor, id=issue_id)
    row = Gear.objects.select_for_update().get(pk=found.gear_id)
    found = GearIssue.objects.select_for_update().get(pk=found.pk)
    waits = found.quantity - found.back - found.lost
    if back < 0 or lost < 0 or not 1 <= back + lost <= waits:
        raise UserError(
            "gear_back", _("%(waits)d are out.") % {"waits": waits}, _("Enter at least one, and no more."),
            where=("back",),
        )  # fmt: skip
    found.back, found.lost = found.back + back, found.lost + lost
    if found.back + found.lost == found.quantity:
        found.closed_at, found.closed_by = now(), actor.label[:120]
    found.save()
    if lost:
        _gone(row, lost)
    return found


def _gone(row: Gear, lost: int) -> None:
    row.quantity -= 0 if row.serial else lost
    if row.serial or row.quantity == 0:
        row.retired_at, row.retired_why = now(), _("Lost or broken")
    row.save()


@transaction.atomic
def inspect(
    *, actor: Actor, gear_id: UUID, on: dt.date, passed: bool, next_due: dt.date | None = None
) -> GearCheck:
    """Write down an inspection; gear that did not pass goes out of use.

    Where a part of a pile failed, correct the pile's number instead. Raises ``PermissionDenied``,
    ``Http404``; ``UserError`` ``gear_retired``, ``gear_check``, ``gear_is_out``.
    """
    row = _locked(actor, gear_id)
    _in_use(row)
    if on > seoul_today() or (next_due is not None and next_due <= on):
        raise UserError(
            "gear_check", _("The inspection is in the future, or the next one before it."),
            _("Correct the days."), where=("on",),
        )  # fmt: skip
    if not passed and _out(row):
        raise UserError("gear_is_out", _("It is out."), _("Take it back first."), where=("passed",))
    made = GearCheck.objects.create(
        agency_id=row.agency_id, gear=row, on=on, passed=passed, next_due=next_due if passed else None,
        written_by=actor.label[:120],
    )  # fmt: skip
    if passed:
        row.inspect_by = next_due
    else:
        row.retired_at, row.retired_why = now(), _("Failed its inspection")
    row.save()
    return made


@transaction.atomic
def retire(*, actor: Actor, gear_id: UUID, reason: str) -> Gear:
    """Take gear out of use, once all of it is back; it stays on record.

    Raises ``PermissionDenied``, ``Http404``; ``UserError`` ``gear_is_out``, ``gear_retired``, ``no_reason``.
    """
    row = _locked(actor, gear_id)
    _in_use(row)
    if not reason.strip():
        raise UserError("no_reason", _("A reason is missing."), _("Write why it goes out of use."))
    if _out(row):
        raise UserError("gear_is_out", _("It is out."), _("Take it back first."))
    row.retired_at, row.retired_why = now(), " ".join(reason.split())[:300]
    row.save()
    return row


def _locked(actor: Actor, gear_id: UUID) -> Gear:
    require(actor, MANAGE_GEAR)
    return get_visible(Gear.objects.select_for_update(), actor, id=gear_id)


def _out(row: Gear) -> int:
    open_ones = GearIssue.objects.filter(gear=row, closed_at=None)
    return sum(one.quantity - one.back - one.lost for one in open_ones)
