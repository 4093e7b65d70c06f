"""``sunra first-admin``: the one invitation that nobody inside can write yet."""

import json

import click
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from sunra.cli.setup import prepare
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.invitations import invite
from sunra.platform.accounts.models import Membership
from sunra.platform.accounts.roles import PLATFORM_ADMIN
from sunra.platform.agencies.services import found_installation


@click.command("first-admin")
@click.option(
    "--email", required=True, help="Where the first administrator reads mail; also the sign-in name."
)
@click.option("--agency", required=True, help="Name of the institution at the root, for example a committee.")
@click.option("--again", is_flag=True, help="Invite although a platform administrator exists.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def first_admin(email: str, agency: str, *, again: bool, as_json: bool) -> None:
    """Found the installation; print where its administrator sets name, password and second factor."""
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise click.UsageError("--email: this is no e-mail address.") from error
    prepare()
    root = found_installation(name=agency)
    if not again and Membership.objects.filter(role=PLATFORM_ADMIN).exists():
        raise click.ClickException("a platform administrator exists; use --again to invite another one")
    actor = Actor.job(root.id, "first-admin")
    invitation, token = invite(actor=actor, agency_id=root.id, email=email, role=PLATFORM_ADMIN)
    address = f"{_origin()}{reverse('accounts:join', args=[token])}"
    if as_json:
        click.echo(json.dumps({"address": address, "expires": invitation.expires.isoformat()}))
    else:
        click.echo(f"Open within three days, once:\n\n  {address}\n")
        if settings.HTTPS and not settings.CSRF_TRUSTED_ORIGINS:
            click.echo(
                "This installation insists on TLS: set SUNRA_ORIGINS to its address behind the proxy,"
                " or SUNRA_HTTPS=false to try it on this machine alone.",
                err=True,
            )


def _origin() -> str:
    """Where people reach the site: the configured origin, else this machine."""
    given = next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
    scheme = "https" if settings.HTTPS else "http"
    return str(given).rstrip("/") or f"{scheme}://localhost:{settings.PORT}"
