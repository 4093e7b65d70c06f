"""The brief for tonight: one page on paper."""

from django.http import HttpRequest, HttpResponse

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.systems.risk import brief
from sunra.systems.risk.pages import common
from sunra.systems.risk.rules import VIEW


@allow(VIEW)
def pdf(request: HttpRequest) -> HttpResponse:
    """The brief of the night in the address as PDF."""
    forecast = common.asked(request)
    if forecast is None:
        return common.none(request)
    answer = HttpResponse(brief.pdf(actor_of(request), forecast), content_type="application/pdf")
    name = f"risk-{forecast.district}-{forecast.day}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
