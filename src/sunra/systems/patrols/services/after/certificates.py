"""봉사활동 확인서: a member's hours by signed logs, on paper, numbered, with a digest that is kept."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.documents.services import render
from sunra.systems.patrols.models import Certificate
from sunra.systems.patrols.rules import VIEW_MEMBER
from sunra.systems.patrols.selectors.after import Evenings, evenings

MOST = 300
CODE = 16
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Issued:
    """A certificate with what its paper says."""

    row: Certificate
    served: Evenings


@transaction.atomic
def issue(
    *, actor: Actor, since: dt.date, until: dt.date, purpose: str, member_id: UUID | None = None
) -> list[Issued]:
    """Certify the nights in [``since``, ``until``) of every member in reach, or of one.

    The ledger keeps it before a name is read. Raises ``PermissionDenied``, ``PurposeMissing``,
    ``LedgerUnavailable``; ``UserError``: ``nothing_served``, ``too_many``.
    """
    require(actor, VIEW_MEMBER)
    found = evenings(actor, since, until, purpose=purpose, member_id=member_id)
    if not found:
        raise UserError(
            "nothing_served",
            gettext_lazy("No signed log of this time counts hours of a member."),
            gettext_lazy("Sign the logs first, or choose another time."),
        )
    if len(found) > MOST:
        raise UserError(
            "too_many",
            gettext_lazy("At most 300 certificates are made at once."),
            gettext_lazy("Choose a shorter time or one organisation."),
        )
    return [_issued(actor, one, since, until - ONE_DAY) for one in found]


def _issued(actor: Actor, one: Evenings, since: dt.date, last: dt.date) -> Issued:
    number = _next(one.agency_id)
    row = Certificate.objects.create(
        agency_id=one.agency_id, number=number, organisation_id=one.organisation_id,
        member_id=one.member_id, since=since, last=last, nights=len(one.nights), minutes=one.minutes,
        digest=digest_of(number, one, since, last), issued_by=actor.label[:120], demo=one.demo,
    )  # fmt: skip
    return Issued(row, one)


def _next(agency_id: UUID) -> str:
    """The next number of the agency's year; its row is held until the certificate stands."""
    Agency.objects.select_for_update().get(pk=agency_id)
    year = seoul_today().year
    last = (
        Certificate.objects.filter(agency_id=agency_id, number__startswith=f"{year}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:05d}"


def digest_of(number: str, one: Evenings, since: dt.date, last: dt.date) -> str:
    """What the paper says, in 64 signs: number, name, organisation, time, and each night."""
    said = [
        number, one.name, one.organisation, str(since), str(last),
        [[str(day), minutes] for day, minutes in one.nights],
    ]  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def code_of(digest: str) -> str:
    """The check number on a paper: 16 signs of its digest in fours, 64 bits that nobody guesses."""
    signs = digest[:CODE].upper()
    return "-".join(signs[at : at + 4] for at in range(0, CODE, 4))


def pdf(issued: list[Issued], purpose: str, check_at: str) -> bytes:
    """One page or more for each, in one file; at ``check_at`` a paper can be held against its record."""
    with translation.override(settings.LANGUAGE_CODE):
        demo = any(one.row.demo for one in issued)
        return render(
            "patrols/certificate.typ",
            {
                "title": _("Certificate of volunteer hours"),
                "demo": _("Demonstration data") if demo else "",
                "parts": [_said(one, purpose, check_at) for one in issued],
                "heads": [_("Night"), _("Minutes")],
            },
        )


def _said(one: Issued, purpose: str, check_at: str) -> dict[str, Any]:
    row, served = one.row, one.served
    hours, minutes = divmod(served.minutes, 60)
    return {
        "facts": [
            [_("Certificate number"), row.number],
            [_("Name"), served.name],
            [_("Organisation"), served.organisation],
            [_("Work"), _("Patrolling as a volunteer")],
            [_("Period"), f"{row.since} – {row.last}"],
            [
                _("In all"),
                _("%(nights)s nights, %(hours)s h %(minutes)s min")
                % {"nights": len(served.nights), "hours": hours, "minutes": minutes},
            ],
            [_("For"), purpose],
        ],
        "rows": [[str(day), str(spent)] for day, spent in served.nights],
        "end": _("The hours above are those of signed patrol logs."),
        "place": f"{seoul_today()} · {served.agency}",
        "check": _("Check number %(code)s at %(address)s")
        % {"code": code_of(row.digest), "address": check_at},
        "digest": f"{_('Digest')} {row.digest}",
    }
