"""Whether a certificate is genuine: for a school or an office that holds the paper, without an account."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import public
from sunra.platform.accounts.limits import guarded
from sunra.systems.patrols.selectors.after import certificate_by


class CheckForm(forms.Form):
    """What stands on the paper."""

    number = forms.CharField(
        label=gettext_lazy("Certificate number"),
        max_length=20,
        help_text=gettext_lazy("For example 2026-00012."),
    )
    code = forms.CharField(
        label=gettext_lazy("Check number"), max_length=80,
        help_text=gettext_lazy("Sixteen signs at the foot of the paper."),
    )  # fmt: skip


@public
@guarded("certificate-check", "PUBLIC_CALLS")
def check(request: HttpRequest) -> HttpResponse:
    """What was certified under this number: organisation, time and hours, never a name."""
    form = CheckForm(request.GET if request.GET else None)
    found, status = None, 200
    if form.is_bound:
        found = certificate_by(**form.cleaned_data) if form.is_valid() else None
        status = 400 if form.errors else 200 if found else 404
    request.demo = bool(found and found.demo)  # type: ignore[attr-defined]
    hours, minutes = divmod(found.minutes, 60) if found else (0, 0)
    context = {"form": form, "found": found, "hours": hours, "minutes": minutes, "missed": status == 404}
    answer = render(request, "patrols/after/check.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
