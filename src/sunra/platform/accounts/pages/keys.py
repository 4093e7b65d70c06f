"""The keys of programs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sunra.platform.accounts import administration, quotas, services
from sunra.platform.accounts.administration import KEYS
from sunra.platform.accounts.forms import KeyForm, QuotaForm, ReasonForm, end_of
from sunra.platform.accounts.pages.people import show_error, status_of
from sunra.platform.accounts.words import PERMISSIONS
from sunra.platform.base.access import allow
from sunra.platform.base.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now


@allow(GET=KEYS, POST=KEYS)
def index(request: HttpRequest) -> HttpResponse:
    """The keys, and a form for a new one, which is shown once."""
    actor = actor_of(request)
    form = KeyForm(
        request.POST or None,
        agencies=administration.kept_agencies(actor),
        permissions=services.machine_permissions(),
        initial={"agency": actor.agency_id},
    )
    full = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _key, full = services.create_key(
                actor=actor,
                agency_id=data["agency"].pk,
                name=data["name"],
                permissions=data["permissions"],
                expires=end_of(data["expires"]) or now(),
            )
        except UserError as error:
            show_error(form, error)
    moment = now()
    rows = [
        (
            key,
            not key.revoked and key.expires > moment,
            [PERMISSIONS.get(one, one) for one in key.permissions],
        )
        for key in administration.machine_keys(actor)
    ]
    context = {"form": form, "rows": rows, "full": full}
    answer = render(request, "accounts/keys.html", context, status=status_of(form))
    answer["Cache-Control"] = "no-store"
    return answer


@allow(GET=KEYS, POST=KEYS)
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One key: what it may, how much it called, and its quota to change."""
    actor = actor_of(request)
    key = administration.kept_key(actor, pk)
    form = QuotaForm(request.POST or None, initial={"per_minute": key.per_minute, "per_day": key.per_day})
    if request.method == "POST" and form.is_valid():
        try:
            quotas.change(actor=actor, key_id=pk, **form.cleaned_data)
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The quota was changed."))
            return redirect("accounts:key", pk)
    context = {
        "form": form,
        "key": key,
        "permissions": [PERMISSIONS.get(one, one) for one in key.permissions],
        "uses": quotas.uses(actor, pk),
    }
    return render(request, "accounts/key.html", context, status=status_of(form))


@allow(GET=KEYS, POST=KEYS)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a key useless."""
    actor = actor_of(request)
    key = administration.kept_key(actor, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.revoke_key(actor=actor, key_id=pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("The key was revoked."))
        return redirect("accounts:keys")
    context = {
        "form": form,
        "title": _("Revoke a key"),
        "button": _("Revoke"),
        "about": key.name,
        "back": reverse("accounts:keys"),
    }
    return render(request, "accounts/reason.html", context, status=status_of(form))
