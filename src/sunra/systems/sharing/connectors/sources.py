"""The open interfaces that can be pulled: where they are, how they page, and what makes a record itself.

Addresses and parameters are fixed here: a person chooses a source, never types where to connect.
Hosts as documented on 2026-11-22 in the services' own guides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text


class Style(StrEnum):
    """How a service wants to be asked for a page."""

    STANDARD = "standard"
    """serviceKey, pageNo, numOfRows, type=json"""
    LOCALDATA = "localdata"
    """serviceKey, pageNo, numOfRows, returnType=json"""
    HOTSPOT = "hotspot"
    """ServiceKey, pageNo, numOfRows, _type=json; XML without it"""
    SEOUL = "seoul"
    """/KEY/json/SERVICE/FIRST/LAST/ in the path"""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One interface: ``identity`` the fields that together name a record (none: its whole content).

    ``asks``: what the person must choose besides (parameter → title); ``key`` the environment variable of
    the service key; ``page_size`` the most that the service gives at once.
    """

    code: str
    title: Text
    kind: str
    style: Style
    host: str
    path: str
    key: str
    identity: tuple[str, ...] = ()
    asks: dict[str, Text] | None = None
    page_size: int = 1_000


_DATA_GO_KR, _SEOUL, _SAFETY = "SUNRA_DATA_GO_KR_KEY", "SUNRA_SEOUL_KEY", "SUNRA_SAFETYDATA_KEY"
_SPOT: dict[str, Text] = {
    "searchYearCd": _("Year code, as 2025119"),
    "siDo": _("Province, two digits (11)"),
    "guGun": _("District, three digits (290)"),
}


def _national(
    style: Style,
    host: str,
    path: str,
    *,
    page_size: int,
    identity: tuple[str, ...] = (),
    asks: dict[str, Text] | None = None,
) -> Callable[..., Source]:
    """Interfaces of the national data portal that differ in code, title and kind only."""

    def source(code: str, title: Text, kind: str, *own: str) -> Source:
        return Source(
            code=code,
            title=title,
            kind=kind,
            style=style,
            host=host,
            path=path.format(code=code),
            key=_DATA_GO_KR,
            identity=own or identity,
            asks=asks,
            page_size=page_size,
        )

    return source


_standard = _national(Style.STANDARD, "https://api.data.go.kr", "/openapi/{code}", page_size=1_000)
_localdata = _national(
    Style.LOCALDATA,
    "https://apis.data.go.kr",
    "/1741000/{code}/info",
    page_size=100,
    identity=("OPN_ATMY_GRP_CD", "MNG_NO"),
)
_spots = _national(
    Style.HOTSPOT,
    "https://apis.data.go.kr",
    "/B552061/{code}/getRestFrequentzoneLg",
    page_size=100,
    identity=("afos_fid",),
    asks=_SPOT,
)


def _seoul(code: str, title: Text, kind: str, identity: str) -> Source:
    return Source(
        code=code,
        title=title,
        kind=kind,
        style=Style.SEOUL,
        # The city offers this interface without TLS only; what it gives is public, its key is not secret.
        host="http://openapi.seoul.go.kr:8088",
        path=f"/{code}/",
        key=_SEOUL,
        identity=(identity,),
    )


SOURCES: dict[str, Source] = {
    source.code: source
    for source in (
        _standard("tn_pubr_public_cctv_api", _("CCTV (national standard)"), "cctv"),
        _standard("tn_pubr_public_scrty_lmp_api", _("Security lights (national standard)"), "security_light"),
        _standard("tn_pubr_public_smart_streetlight_api", _("Smart street lamps"), "street_lamp"),
        _standard(
            "tn_pubr_public_unmanned_traffic_camera_api",
            _("Enforcement cameras"),
            "enforcement_camera",
            "mnlssRegltCameraManageNo",
            "instt_code",
            "latitude",
            "longitude",
        ),
        _standard("tn_pubr_public_child_prtc_zn_api", _("Child protection zones"), "child_zone"),
        _standard("tn_pubr_public_female_safety_prtchouse_api", _("Safe houses"), "safe_house"),
        _standard("tn_pubr_public_female_safety_hdrycstdyplace_api", _("Parcel lockers"), "locker"),
        _localdata("cctv_info", _("CCTV (local data)"), "cctv"),
        _localdata("emergency_call_box_info", _("Emergency bells"), "emergency_bell"),
        _spots("frequentzoneLg", _("Accident hot spots"), "accident_hotspot"),
        Source(
            code="DSSP-IF-00090",
            title=_("CPTED sites"),
            kind="cpted_site",
            style=Style.LOCALDATA,
            host="https://www.safetydata.go.kr",
            path="/V2/api/DSSP-IF-00090",
            key=_SAFETY,
        ),
        _seoul("tbSafeReturnItem", _("Safe-return facilities (Seoul)"), "safe_return", "FACI_ID"),
        _seoul("tbSafeReturnService", _("Safe-return services (Seoul)"), "safe_return", "SERVICE_ID"),
    )
}
