"""People of an agency: list, invitation, membership."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sunra.platform.accounts import administration, invitations, limits, services
from sunra.platform.accounts.administration import CHANGE, VIEW
from sunra.platform.accounts.factors import has_factor
from sunra.platform.accounts.forms import (
    InviteForm,
    JoinByNameForm,
    JoinForm,
    MembershipForm,
    ReasonForm,
    end_of,
)
from sunra.platform.accounts.handover import by_hand_alone, qr
from sunra.platform.accounts.models import Invitation, Person
from sunra.platform.base.access import PUBLIC, allow
from sunra.platform.base.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import ROLES
from sunra.platform.base.time import SEOUL, now

_PAGE = 50


def show_error(form: forms.Form, error: UserError | ValidationError, field: str | None = None) -> None:
    """Put an error beside its field, else above the form."""
    if isinstance(error, ValidationError):
        form.add_error(field, error)
        return
    where = error.where[-1] if error.where and error.where[-1] in form.fields else None
    form.add_error(where, f"{error.message} {error.remedy}".strip())


def status_of(form: forms.Form) -> int:
    """400 when what was sent has errors."""
    return 400 if form.is_bound and not form.is_valid() else 200


@allow(VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """The people of the agencies that the reader keeps, and the open invitations."""
    actor = actor_of(request)
    rows = administration.people(actor)
    wanted, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    if wanted:
        rows = rows.filter(person__name__icontains=wanted)
    if role in ROLES:
        rows = rows.filter(role=role)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    moment = now()
    people = [
        (row, ROLES[row.role].name, row.valid_until is None or row.valid_until > moment) for row in page
    ]
    invited = [
        (one, ROLES[one.role].name, one.expires > moment) for one in administration.open_invitations(actor)
    ]
    context = {
        "people": people,
        "page": page,
        "invited": invited,
        "roles": ROLES.values(),
        "wanted": wanted,
        "role": role,
    }
    return render(request, "accounts/people.html", context)


@allow(GET=CHANGE, POST=CHANGE)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody into an agency by e-mail."""
    actor = actor_of(request)
    form = InviteForm(
        request.POST or None,
        agencies=administration.kept_agencies(actor),
        roles=administration.givable_roles(actor),
        initial={"agency": actor.agency_id},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        by_hand = data["by_hand"] or not data["email"] or by_hand_alone()
        try:
            invitation, token = invitations.invite(
                actor=actor,
                agency_id=data["agency"].pk,
                email=data["email"],
                role=data["role"],
                member_until=end_of(data["until"]),
                way="hand" if by_hand else "mail",
            )
        except UserError as error:
            show_error(form, error)
        else:
            url = request.build_absolute_uri(reverse("accounts:join", args=[token]))
            if by_hand:
                return _hand_over(request, url, invitation)
            invitations.send(email=data["email"], url=url)
            messages.success(request, _("The invitation was sent. It is valid for three days."))
            return redirect("accounts:people")
    return render(request, "accounts/invite.html", {"form": form}, status=status_of(form))


def _hand_over(request: HttpRequest, url: str, invitation: Invitation) -> HttpResponse:
    """The invitation's address, shown this once; no cache keeps it."""
    context = {"url": url, "qr": qr(url), "invitation": invitation, "role": ROLES[invitation.role].name}
    answer = render(request, "accounts/handover.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@allow(GET=CHANGE, POST=CHANGE)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    actor = actor_of(request)
    administration.kept_invitation(actor, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitations.withdraw(actor=actor, invitation_id=pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("The invitation was withdrawn."))
        return redirect("accounts:people")
    context = {
        "form": form,
        "title": _("Withdraw an invitation"),
        "button": _("Withdraw"),
        "back": reverse("accounts:people"),
    }
    return render(request, "accounts/reason.html", context, status=status_of(form))


@allow(GET=VIEW, POST=CHANGE)
def membership(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person in one agency: role and end."""
    actor = actor_of(request)
    found = administration.kept_membership(actor, pk)
    until = found.valid_until.astimezone(SEOUL).date() if found.valid_until else None
    roles = sorted({*administration.givable_roles(actor), found.role}, key=list(ROLES).index)
    form = MembershipForm(request.POST or None, roles=roles, initial={"role": found.role, "until": until})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_membership(
                actor=actor,
                membership_id=pk,
                role=data["role"],
                valid_until=end_of(data["until"]),
                reason=data["reason"],
            )
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The membership was changed."))
            return redirect("accounts:people")
    context = {
        "form": form,
        "membership": found,
        "role": ROLES[found.role].name,
        "has_factor": has_factor(found.person_id),
        "own": found.person_id == actor.person_id,
    }
    return render(request, "accounts/membership.html", context, status=status_of(form))


@allow(GET=CHANGE, POST=CHANGE)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a membership now."""
    title = _("End a membership now")
    return _taken_away(request, pk, services.end_membership, title, _("End"), _("The membership has ended."))


@allow(GET=CHANGE, POST=CHANGE)
def reset_factors(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Remove a person's lost second factors."""
    title = _("Remove lost second factors")
    said = _("The second factors were removed. The person sets up a new one at the next sign-in.")
    return _taken_away(request, pk, services.reset_factors, title, _("Remove"), said)


def _taken_away(
    request: HttpRequest, pk: UUID, service: services.TakesAway, title: str, button: str, said: str
) -> HttpResponse:
    actor = actor_of(request)
    found = administration.kept_membership(actor, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            service(actor=actor, membership_id=pk, reason=form.cleaned_data["reason"])
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, said)
            return redirect("accounts:people")
    context = {
        "form": form,
        "title": title,
        "button": button,
        "about": found.person.name,
        "back": reverse("accounts:membership", args=[pk]),
    }
    return render(request, "accounts/reason.html", context, status=status_of(form))


@allow(GET=PUBLIC, POST=PUBLIC)
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What the invited see: set name and password, or sign in with the account they have."""
    if limits.over_from("join", request, limits.INVITATIONS):
        return render(request, "accounts/locked.html", {"minutes": 1}, status=429)
    try:
        invitation = invitations.opened_by(token)
    except invitations.InvitationUnusable as error:
        return render(request, "accounts/unusable.html", {"error": error}, status=410)
    context: dict[str, object] = {"invitation": invitation, "role": ROLES[invitation.role].name}
    known = invitations.existing_person(invitation)
    if known is not None:
        return _join_known(request, token, known, context)
    form = (JoinForm if invitation.email else JoinByNameForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            invitations.accept(
                token=token,
                name=data["name"],
                password=data["password"],
                username=data.get("username", ""),
            )
        except ValidationError as error:
            show_error(form, error, "password")
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Your account is ready. Sign in with it."))
            return redirect("account_login")
    return render(request, "accounts/join.html", context | {"form": form}, status=status_of(form))


def _join_known(request: HttpRequest, token: str, known: Person, context: dict[str, object]) -> HttpResponse:
    mine = actor_of(request).person_id == known.pk
    if request.method == "POST" and mine:
        invitations.join(token=token, person=known)
        messages.success(request, _("You have joined the agency."))
        return redirect("accounts:me")
    follow = reverse("accounts:join", args=[token])
    return render(request, "accounts/join_known.html", context | {"mine": mine, "follow": follow})
