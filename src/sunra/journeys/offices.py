"""Which agency runs the night of a district; on a fresh installation it is made."""

from sunra.core.geo.districts import District, districts
from sunra.core.geo.errors import UnknownDistrict
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.agencies.services import Draft, create_agency, found_installation
from sunra.platform.base.errors import UserError
from sunra.systems.risk.texts import UNKNOWN_DISTRICT, UNKNOWN_DISTRICT_REMEDY

ROOT_NAME = "자치경찰위원회"


def district_of(code: str) -> District:
    """The district of a five-digit code; raises ``UserError`` ``unknown_district``."""
    try:
        return districts().district(code)
    except UnknownDistrict as error:
        raise UserError("unknown_district", UNKNOWN_DISTRICT, UNKNOWN_DISTRICT_REMEDY, (code,)) from error


def office_of(code: str) -> Agency:
    """The district office of ``code``, made below the root when the installation has none."""
    district = district_of(code)
    found = (
        Agency.objects.filter(type="district", district=district.code, active=True)
        .order_by("created")
        .first()
    )
    if found:
        return found
    root = found_installation(name=ROOT_NAME)
    name = district.name.split()[-1] + "청"
    draft = Draft(name=name, type="district", parent_id=root.id, district=district.code)
    dongs = [dong.code for dong in districts().dongs(district.code)]
    return create_agency(actor=Actor.job(root.id, "setup"), draft=draft, dongs=dongs)
