"""What is open for programs: the catalogue as DCAT-AP in JSON-LD, and free counts with noise."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, Query, Router, Schema

from sunra.core.disclosure import cell_key
from sunra.platform.accounts.access import PUBLIC
from sunra.platform.accounts.api import Needs
from sunra.platform.accounts.limits import guarded
from sunra.systems.sharing.api.described import JSONLD_EXTRA, Problem
from sunra.systems.sharing.opened import dcat, noised
from sunra.systems.sharing.opened.asked import ONLY_KNOWN, BadParameter
from sunra.systems.sharing.selectors import opendata

router = Router(tags=["open data"], auth=Needs(PUBLIC))


def answer(request: HttpRequest) -> HttpResponse:
    """The catalogue as JSON-LD; also what ``/open/catalog.jsonld`` gives."""
    found = JsonResponse(dcat.catalogue(request), json_dumps_params={"ensure_ascii": False, "indent": 1})
    found["Content-Type"] = "application/ld+json"
    found["Access-Control-Allow-Origin"] = "*"
    return found


@router.get(
    "/catalogue",
    url_name="open_catalogue",
    response={200: dict[str, Any], 429: Problem},
    openapi_extra=JSONLD_EXTRA,
)
@guarded("open", "PUBLIC_CALLS")
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything open, as DCAT-AP."""
    return answer(request)


class CountsAsked(Schema):
    """What to count by: always by month, beside it one area and one more column."""

    area: noised.Area = Field("", description="Nothing, district or dong: the finest area there is.")
    detail: noised.Detail = Field("", description="Nothing, type (family) or part of the day (part).")
    year: int = Field(0, ge=0, le=9999, description="The months of this year; the newest when 0.")
    district: str = Field("", pattern=r"^([0-9]{5})?$", description="Only this district.")


class CellOut(Schema):
    """One cell; ``count`` is null where the noised count is below ``noise.below``."""

    month: str
    district: str | None = None
    dong: str | None = None
    family: str | None = None
    part: str | None = None
    count: int | None


class NoiseOut(Schema):
    """How the counts were changed: by at most ``widest``, with mean 0 and ``variance``; a result under
    ``below`` is null and may stand for anything from 0 to ``unknown``. Parts need not add up (``additive``).
    """

    method: str = "cell-key"
    widest: int = cell_key.WIDEST
    variance: float = cell_key.VARIANCE
    below: int = noised.BELOW
    unknown: int = noised.BELOW - 1 + cell_key.WIDEST
    additive: bool = False


class CountsOut(Schema):
    """Noised counts of one open dataset of events."""

    dataset: str
    title: str
    demo: bool
    licence: str
    year: int
    years: list[int]
    districts: list[str]
    noise: NoiseOut
    counts: list[CellOut]


@router.get(
    "/counts/{uuid:dataset_id}",
    url_name="open_counts",
    response={200: CountsOut, 400: Problem, 404: Problem, 429: Problem},
    exclude_none=False,
    summary="Counts of open events by what you choose, with noise",
)
@guarded("counts", "COUNT_CALLS", daily="COUNTS_A_DAY")
def counts(request: HttpRequest, dataset_id: UUID, asked: Query[CountsAsked]) -> dict[str, Any]:
    """Figures are noised (cell-key method): the same question gets the same answer while the data stays the
    same, and no count below six is ever told. Months that are over, 법정동 at the finest.
    """
    for name in request.GET:
        if name not in CountsAsked.model_fields:
            raise BadParameter(name, ONLY_KNOWN)
    opening = opendata.opening(dataset_id)
    answer = noised.ask(opening, noised.Question(**asked.dict()))
    return {
        "dataset": str(dataset_id),
        "title": opening.title,
        "demo": opening.dataset.demo,
        "licence": opening.licence,
        "year": answer.year,
        "years": list(answer.years),
        "districts": list(answer.districts),
        "noise": NoiseOut(),
        "counts": answer.rows,
    }
