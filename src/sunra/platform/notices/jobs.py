"""Background work of the notices: the mails."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.models import Person
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule
from sunra.platform.notices import services


@job("notices.mail", title=gettext_lazy("Send notices by e-mail"))
def mail(ctx: JobContext, persons: list[int]) -> dict[str, Any]:
    """Tell each person that something waits; a mail says neither what nor about whom."""
    done = set(ctx.state.get("sent", []))
    people = Person.objects.filter(pk__in=set(persons) - done, is_active=True).exclude(email="")
    with translation.override(settings.LANGUAGE_CODE), get_connection() as connection:
        subject = _("[%(site)s] A new notice waits for you") % {"site": settings.SITE_NAME}
        body = _("A new notice waits for you. Sign in to read it:") + f"\n\n{_address()}\n"
        for person in people:
            ctx.check()
            EmailMessage(subject, body, to=[person.email], connection=connection).send()
            done.add(person.pk)
            ctx.checkpoint({"sent": sorted(done)})
    return {"sent": len(done)}


@job("notices.purge", title=gettext_lazy("Delete old notices"))
def purge(_ctx: JobContext) -> dict[str, Any]:
    """See ``services.clear``."""
    return {"notices": services.clear()}


schedule("notices.purge", "notices.purge", daily_at="03:30")


def _address() -> str:
    """Where the notices are read: the site's own address, or the path alone when none is configured."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    return (origins[0].rstrip("/") if origins else "") + reverse("notices:list")
