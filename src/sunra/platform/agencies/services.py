"""Everything that changes the tree; each change is in the ledger before it happens."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sunra.platform.agencies import codes
from sunra.platform.agencies.models import Agency, AgencyType, Jurisdiction
from sunra.platform.agencies.selectors import subtree_ids
from sunra.platform.base.access import get_visible, require
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.services import Act, record

CHANGE = "agencies.change_agencies"


@dataclass(frozen=True, slots=True)
class Draft:
    """An agency as somebody wrote it down; empty texts mean "none"."""

    name: str
    type: str
    parent_id: UUID | None = None
    code: str = ""
    police_code: str = ""
    district: str = ""
    active: bool = True

    def cleaned(self) -> "Draft":
        """Without spaces around, checked; raises ``UserError`` naming the field."""
        draft = replace(
            self,
            name=self.name.strip(),
            type=self.type.strip(),
            code=self.code.strip(),
            police_code=self.police_code.strip().upper(),
            district=self.district.strip(),
        )
        if not draft.name or len(draft.name) > 120:
            raise UserError(
                "agencies.bad_name",
                _("The name is missing or longer than 120 letters."),
                _("Write the official name of the agency."),
                ("name",),
            )
        codes.check_agency_code(draft.code)
        codes.check_police_code(draft.police_code)
        codes.check_district(draft.district)
        if not AgencyType.objects.filter(pk=draft.type).exists():
            raise UserError(
                "agencies.no_such_type",
                _("There is no agency type “%(type)s”.") % {"type": draft.type[:40]},
                _("Choose one of the types, or add the type first."),
                ("type",),
            )
        return draft


def found_installation(*, name: str, type: str = "committee", code: str = "", demo: bool = False) -> Agency:  # noqa: A002
    """The root of the tree; an installation has one, made once at set-up by who runs the machine."""
    root = Agency.objects.filter(parent=None).first()
    if root is not None:
        return root
    _refuse_demo_in_earnest(demo=demo)
    draft = Draft(name=name, type=type, code=code).cleaned()
    return Agency.objects.create(name=draft.name, type_id=draft.type, code=draft.code or None, demo=demo)


@transaction.atomic
def create_agency(*, actor: Actor, draft: Draft, dongs: Iterable[str] = (), demo: bool = False) -> Agency:
    """Add an agency below one of the actor's; raises ``UserError``, ``PermissionDenied`` or ``Http404``."""
    require(actor, CHANGE)
    _refuse_demo_in_earnest(demo=demo)
    agency = Agency(demo=demo)
    wanted = codes.read_dongs(dongs)
    fill(agency=agency, draft=draft, actor=actor)
    _record(actor, agency, {"added": True, **_plain(draft)})
    put(agency=agency, dongs=wanted)
    return agency


@transaction.atomic
def change_agency(
    *, actor: Actor, agency_id: UUID, draft: Draft, dongs: Iterable[str] | None = None, reason: str = ""
) -> Agency:
    """Change an agency of the actor's; ``dongs`` replaces the jurisdiction unless None."""
    require(actor, CHANGE)
    agency = get_visible(Agency.objects.select_for_update(), actor, pk=agency_id)
    wanted = None if dongs is None else codes.read_dongs(dongs)
    fill(agency=agency, draft=draft, actor=actor)
    _record(actor, agency, {"changed": True, **_plain(draft)}, reason)
    put(agency=agency, dongs=wanted)
    return agency


def add_type(*, actor: Actor, code: str, name_ko: str, name_en: str) -> AgencyType:
    """Add a kind of institution; raises ``UserError`` when the code is taken."""
    require(actor, CHANGE)
    kind = AgencyType(code=code.strip(), name_ko=name_ko.strip(), name_en=name_en.strip())
    if AgencyType.objects.filter(pk=kind.code).exists():
        raise UserError(
            "agencies.type_exists", _("A type with this code exists."), _("Choose another code."), ("code",)
        )
    kind.order = AgencyType.objects.count()
    kind.full_clean()
    record(actor=actor, act=Act.CHANGE, subject="agencies.AgencyType", ref=kind.code, purpose="")
    kind.save(force_insert=True)
    return kind


def fill(*, agency: Agency, draft: Draft, actor: Actor) -> None:
    """Put the draft into the row, unsaved; its place in the tree and its codes must be free."""
    draft = draft.cleaned()
    is_new = agency.created is None
    if is_new or draft.parent_id != agency.parent_id:
        agency.parent = _parent(agency, draft, actor)
    _refuse_taken(agency, "code", draft.code)
    _refuse_taken(agency, "police_code", draft.police_code)
    agency.name, agency.type_id = draft.name, draft.type
    agency.code, agency.police_code = draft.code or None, draft.police_code
    agency.district, agency.active = draft.district, draft.active


def put(*, agency: Agency, dongs: frozenset[str] | None) -> None:
    """Save a filled row and, unless None, its jurisdiction."""
    agency.save()
    if dongs is None:
        return
    held = set(agency.jurisdiction.values_list("dong", flat=True))
    agency.jurisdiction.filter(dong__in=held - dongs).delete()
    Jurisdiction.objects.bulk_create(Jurisdiction(agency=agency, dong=dong) for dong in sorted(dongs - held))


def _parent(agency: Agency, draft: Draft, actor: Actor) -> Agency:
    if draft.parent_id is None:
        raise UserError(
            "agencies.no_parent",
            _("An agency stands below another one."),
            _("Choose the agency above it."),
            ("parent",),
        )
    parent = get_visible(Agency.objects.all(), actor, pk=draft.parent_id)
    if parent.id in subtree_ids(agency.id):
        raise UserError(
            "agencies.loop",
            _("An agency cannot stand below itself."),
            _("Choose an agency above it that is not one of its own."),
            ("parent",),
        )
    return parent


def _refuse_taken(agency: Agency, field: str, value: str) -> None:
    if value and Agency.objects.filter(**{field: value}).exclude(pk=agency.pk).exists():
        raise UserError(
            "agencies.code_taken",
            _("Another agency has the code “%(code)s”.") % {"code": value},
            _("Check which of the two is right."),
            (field,),
        )


def _refuse_demo_in_earnest(*, demo: bool) -> None:
    if demo and not settings.DEMO:
        raise UserError(
            "agencies.not_a_demo",
            _("Demonstration agencies exist in demo mode only."),
            _("Start with SUNRA_DEMO=true."),
        )


def _plain(draft: Draft) -> dict[str, Any]:
    return {"type": draft.type, "code": draft.code, "police_code": draft.police_code, "active": draft.active}


def _record(actor: Actor, agency: Agency, detail: dict[str, Any], reason: str = "") -> None:
    record(
        actor=actor,
        act=Act.CHANGE,
        subject="agencies.Agency",
        ref=str(agency.id),
        purpose=reason,
        detail=detail,
    )
