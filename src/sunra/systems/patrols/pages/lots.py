"""추첨 규칙: how far the lot that draws an agency's nights may go."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.ui.forms import ReasonForm
from sunra.systems.patrols.models import LotRules
from sunra.systems.patrols.rules import RULE_LOT
from sunra.systems.patrols.selectors.lots import own_rules
from sunra.systems.patrols.services.lots import VALUES, set_rules


class LotForm(ReasonForm):
    """The rules within their bounds, and why they change."""

    loss = forms.FloatField(
        label=gettext_lazy("At most this much less than the best plan (%)"), min_value=1, max_value=10,
        help_text=gettext_lazy("1 to 10. More makes nights harder to foresee, and each looks after less."),
    )  # fmt: skip
    dong_share = forms.FloatField(
        label=gettext_lazy("Each legal dong gets at least this part of its share (%)"), min_value=0,
        max_value=60,
        help_text=gettext_lazy("0 to 60. Its share is its part of all that is expected."),
    )  # fmt: skip
    visits = forms.IntegerField(
        label=gettext_lazy("A cell is visited on at most so many nights"), min_value=1, max_value=56
    )
    of_nights = forms.IntegerField(
        label=gettext_lazy("… of so many nights running"), min_value=1, max_value=56
    )
    nights = forms.IntegerField(
        label=gettext_lazy("The lot looks back so many nights"), min_value=7, max_value=56,
        help_text=gettext_lazy("7 to 56."),
    )  # fmt: skip

    field_order = (*VALUES, "reason")

    def clean(self) -> dict[str, Any]:
        """Each rule holds beside the others."""
        given = super().clean() or {}
        visits, running, back = (given.get(name) for name in ("visits", "of_nights", "nights"))
        if visits and running and visits > running:
            self.add_error("visits", _("Not more visits than nights running."))
        if running and back and running > back:
            self.add_error("of_nights", _("Not more nights running than the lot looks back."))
        return given


@allow(GET=RULE_LOT, POST=RULE_LOT)
def rules(request: HttpRequest) -> HttpResponse:
    """The agency's rules, what they stand for, and the form that changes them."""
    actor = actor_of(request)
    kept = own_rules(actor)
    if kept is None:
        raise Http404
    form = LotForm(request.POST or None, initial={name: getattr(kept, name) for name in VALUES})
    if request.method == "POST" and form.is_valid():
        set_rules(actor=actor, **form.cleaned_data)
        messages.success(
            request, _("The rules of the lot are kept. They hold for nights planned from now on.")
        )
        return redirect("patrols:lot_rules")
    context = {"form": form, "kept": kept if kept.pk else None, "usual": LotRules()}
    return render(request, "patrols/lots/rules.html", context, status=400 if form.errors else 200)
