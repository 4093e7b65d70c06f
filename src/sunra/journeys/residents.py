"""Carries residents by 법정동 from sharing to the audits of risk: whom do the flags fall on?"""

from django.db.models import Q

from sunra.core.geo import codes
from sunra.platform.accounts.actor import Actor
from sunra.systems.risk import residents


def by_dong(actor: Actor, district: str) -> dict[str, float]:
    """Residents of each 법정동 in reach, as the statistics count them; empty where only 행정동 are known."""
    from sunra.systems.sharing.models import DongResidents
    from sunra.systems.sharing.services.statistics.gather import chosen_residents

    reach = Q(dong__in=actor.dongs) | Q(agency_id__in=actor.scope)
    rows = DongResidents.objects.filter(reach, dong__startswith=district).order_by("created")
    chosen = chosen_residents(list(rows)) if rows else []
    legal = {one.code for one in codes.dongs() if one.code.startswith(district)}
    if any(row.dong not in legal for row in chosen):
        return {}
    return {row.dong: float(row.residents) for row in chosen}


def connect() -> None:
    """Tell risk whom to ask."""
    residents.ask(by_dong)
