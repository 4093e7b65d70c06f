"""The licences an owner may choose: the four types of 공공누리 (KOGL) and CC BY."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence: ``url`` is its own page, ``text`` what the reader may do, in one sentence."""

    code: str
    name: Text
    url: str
    text: Text


LICENCES = {
    one.code: one
    for one in (
        Licence(
            "KOGL-1",
            _("KOGL type 1: name the source"),
            "https://www.kogl.or.kr/info/licenseType1.do",
            _("Free use, also commercial, also changed, with the source named."),
        ),
        Licence(
            "KOGL-2",
            _("KOGL type 2: name the source, not commercial"),
            "https://www.kogl.or.kr/info/licenseType2.do",
            _("Free use with the source named, but not for profit."),
        ),
        Licence(
            "KOGL-3",
            _("KOGL type 3: name the source, do not change"),
            "https://www.kogl.or.kr/info/licenseType3.do",
            _("Free use, also commercial, with the source named and nothing changed."),
        ),
        Licence(
            "KOGL-4",
            _("KOGL type 4: name the source, not commercial, do not change"),
            "https://www.kogl.or.kr/info/licenseType4.do",
            _("Free use with the source named, not for profit, nothing changed."),
        ),
        Licence(
            "CC-BY-4.0",
            _("Creative Commons Attribution 4.0"),
            "https://creativecommons.org/licenses/by/4.0/",
            _("Free use, also commercial, also changed, with the source named."),
        ),
    )
}


def licence(code: str) -> Licence:
    """The licence; one that is no longer known shows its code."""
    return LICENCES.get(code) or Licence(code, code, "", "")
