"""The weights of the families: seen by all who see the forecast, changed with a reason."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.services import enqueue
from sunra.platform.ui.measures import show_expected, show_rarity
from sunra.systems.risk import selectors, services
from sunra.systems.risk.jobs import NIGHTLY
from sunra.systems.risk.models import FamilyWeights, Forecast
from sunra.systems.risk.pages import common
from sunra.systems.risk.rules import MAKE, VIEW
from sunra.systems.risk.services.weights import MOST
from sunra.systems.risk.severity import FAMILIES, SEVERITIES
from sunra.systems.risk.texts import FAMILIES as NAMES


class WeightsForm(forms.Form):
    """A number for each family and the reason."""

    def __init__(self, *args: Any, families: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in families:
            self.fields[code] = forms.FloatField(
                label=NAMES[code],
                min_value=0,
                max_value=MOST,
                widget=forms.NumberInput(attrs={"step": "0.1"}),
            )
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("Reason"),
            max_length=300,
            help_text=gettext_lazy(
                "It is kept with the weights and everybody who sees the forecast sees it."
            ),
        )


@allow(GET=VIEW, POST=MAKE)
def weights(request: HttpRequest) -> HttpResponse:
    """The weights in force with what each family adds to the night; new ones make new forecasts."""
    actor = actor_of(request)
    forecast = common.asked(request)
    if forecast is None:
        return common.none(request)
    used = services.params_for(forecast.district).weights
    form = WeightsForm(request.POST or None, initial=dict(used), families=_families(forecast))
    if request.method == "POST" and form.is_valid() and _saved(request, forecast, form):
        args = {"districts": [forecast.district], "day": str(selectors.tonight())}
        key = f"{actor.agency_id}:{forecast.district}"
        return redirect("jobs:detail", enqueue(actor=actor, kind=NIGHTLY, args=args, key=key).id)
    return render(
        request,
        "risk/weights.html",
        {
            **common.frame(request, forecast),
            "form": form,
            "rows": _rows(forecast),
            "history": FamilyWeights.objects.filter(district=forecast.district)[:10],
            "may_change": actor.may(MAKE) and any(dong.startswith(forecast.district) for dong in actor.dongs),
        },
    )


def _saved(request: HttpRequest, forecast: Forecast, form: WeightsForm) -> bool:
    actor = actor_of(request)
    values = {code: form.cleaned_data[code] for code in _families(forecast)}
    try:
        services.set_weights(
            actor=actor,
            agency_id=actor.agency_id or forecast.agency_id,
            district=forecast.district,
            weights=values,
            reason=form.cleaned_data["reason"],
        )
    except UserError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The weights are kept; the coming nights are being forecast with them."))
    return True


def _families(forecast: Forecast) -> list[str]:
    """The families that have a weight; accidents by severity where the data tell it."""
    return [code for code in FAMILIES if code not in SEVERITIES or code in forecast.method]


def _rows(forecast: Forecast) -> list[dict[str, Any]]:
    """Each family of the forecast: its weight, and what it adds to the night's expectation."""
    columns = [name for name in selectors.columns_of(forecast) if name.startswith("family_")]
    sums = selectors.table(forecast, columns).sum().row(0, named=True) if columns else {}
    total = sum(sums.values())
    given: dict[str, float] = forecast.params.get("weights", {})
    return [
        {
            "name": NAMES[code],
            "weight": f"{given.get(code, 0):g}",
            "often": show_rarity(value) if value else "–",
            "expected": show_expected(value),
            "percent": round(100 * value / total) if total else 0,
        }
        for code in _families(forecast)
        for value in [float(sums.get(f"family_{code}", 0.0))]
    ]
