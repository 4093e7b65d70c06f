"""The own account: memberships, second factor, sessions; and for which agency one works now."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sunra.platform.accounts.middleware import MEMBERSHIP_KEY
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import memberships_of
from sunra.platform.accounts.services import end_session as end_one
from sunra.platform.base.access import SIGNED_IN, allow
from sunra.platform.base.actor import actor_of
from sunra.platform.base.roles import ROLES


def _me(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Http404("not found")
    return request.user


@allow(GET=SIGNED_IN)
def me(request: HttpRequest) -> HttpResponse:
    """What the platform knows about the reader's own account."""
    person, actor = _me(request), actor_of(request)
    held = [(one, ROLES[one.role].name, one.id == actor.membership_id) for one in memberships_of(person)]
    here = request.session.session_key
    sessions = [
        (one, one.session_key == here)
        for one in sorted(UserSession.objects.purge_and_list(person), key=lambda one: one.created_at)
    ]
    factors = Authenticator.objects.filter(user=person).order_by("created_at")
    context = {
        "person": person,
        "held": held,
        "sessions": sessions,
        "factors": factors,
        "oidc": bool(settings.OIDC_SERVER),
    }
    return render(request, "accounts/me.html", context)


@allow(POST=SIGNED_IN)
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own sessions."""
    end_one(person=_me(request), session_pk=pk)
    messages.success(request, _("The session has ended."))
    return redirect("accounts:me")


@allow(POST=SIGNED_IN)
def switch(request: HttpRequest) -> HttpResponse:
    """Work for another of the own agencies from now on; the session gets a new key."""
    wanted = request.POST.get("membership", "")
    chosen = next((one for one in memberships_of(_me(request)) if str(one.pk) == wanted), None)
    if chosen is None:
        raise Http404("not found")
    request.session[MEMBERSHIP_KEY] = str(chosen.pk)
    request.session.cycle_key()
    UserSession.objects.create_from_request(request)
    follow = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(follow, {request.get_host()}, require_https=request.is_secure()):
        follow = "/"
    return redirect(follow)
