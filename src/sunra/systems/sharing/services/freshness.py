"""The freshness rule of a dataset, its steward, and the alarm when a dataset goes stale."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.platform.accounts.access import Denied, get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Membership
from sunra.platform.accounts.roles import DATA_OFFICER
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now, seoul_today
from sunra.platform.notices.services import notify
from sunra.systems.sharing.models import Dataset, Vintage
from sunra.systems.sharing.rules import STEWARD
from sunra.systems.sharing.selectors.held import as_of

LONGEST_DAYS = 3_650


@transaction.atomic
def look_after(*, actor: Actor, dataset_id: UUID, steward_id: int | None, fresh_days: int) -> Dataset:
    """Name the steward and the days after which the dataset counts as stale; the alarm starts anew.

    The steward is somebody of the owner agency. Raises ``PermissionDenied``, ``Http404``, ``UserError``
    ``not_of_agency``, ``bad_days``.
    """
    require(actor, STEWARD)
    found = get_visible(Dataset.objects.select_for_update(), actor, id=dataset_id)
    if found.agency_id != actor.agency_id:
        raise Denied(STEWARD)
    if not 1 <= fresh_days <= LONGEST_DAYS:
        raise UserError(
            "bad_days", _("The number of days is not possible."), _("Give a number between 1 and 3,650.")
        )
    members = Membership.objects.filter(agency_id=found.agency_id)
    if steward_id is not None and not members.filter(person_id=steward_id).exists():
        raise UserError(
            "not_of_agency",
            _("The steward does not belong to the agency that owns the data."),
            _("Choose somebody of this agency."),
        )
    found.steward_id, found.fresh_days, found.alarmed = steward_id, fresh_days, None
    found.save(update_fields=["steward", "fresh_days", "alarmed", "updated"])
    return found


def alarm(today: date | None = None) -> int:
    """Tell the steward of every dataset that went stale, once until a newer vintage is in use; how many.

    Without a steward the data officers of the owner hear it. Works over all agencies: called by the
    schedule, never on somebody's behalf.
    """
    day, told = today or seoul_today(), 0
    in_use = Prefetch(
        "vintages", Vintage.objects.filter(state=Vintage.State.PUBLISHED).defer("counts"), "in_use"
    )
    for dataset in Dataset.objects.filter(alarmed__isnull=True, demo=False).prefetch_related(in_use):
        latest: Vintage | None = max(dataset.in_use, key=as_of, default=None)
        if latest is None or day - as_of(latest) <= timedelta(days=dataset.fresh_days):
            continue
        told += _tell(dataset, (day - as_of(latest)).days)
    return told


@transaction.atomic
def _tell(dataset: Dataset, days: int) -> int:
    """One notice for one dataset; nothing when another worker was faster."""
    if not Dataset.objects.filter(id=dataset.id, alarmed__isnull=True).update(alarmed=now()):
        return 0
    notify(
        kind="sharing.stale",
        text=gettext_noop("A dataset is out of date: its data are %(days)s days old."),
        params={"days": days},
        url=reverse("sharing:dataset", args=[dataset.id]),
        **({"persons": [dataset.steward_id]} if dataset.steward_id else _officers(dataset)),
    )
    return 1


def _officers(dataset: Dataset) -> dict[str, object]:
    return {"agency_id": dataset.agency_id, "roles": (DATA_OFFICER,)}
