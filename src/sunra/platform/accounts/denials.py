"""Refusals: each one of a signed-in actor is in the ledger before the answer leaves."""

from django.http import HttpRequest

from sunra.platform.base.access import Refused
from sunra.platform.base.actor import actor_of
from sunra.platform.ledger.services import Act, record


def write_denial(request: HttpRequest, refused: Refused | None) -> None:
    """Write one DENIED record.

    Raises ``LedgerUnavailable`` when it cannot be written; the answer is 503 then.
    """
    actor = actor_of(request)
    if not actor.signed_in:
        return
    what = refused or Refused("address", "")
    match = request.resolver_match
    record(
        actor=actor,
        act=Act.DENIED,
        subject=what.subject,
        ref=what.ref,
        purpose="",
        detail={"view": match.view_name if match else "", "verb": request.method or ""},
    )
