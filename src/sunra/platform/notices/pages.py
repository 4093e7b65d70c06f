"""The list of notices, its state, and the stream that keeps the figure in the page fresh."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import SIGNED_IN, allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.notices import selectors, services, stream
from sunra.platform.notices.models import Notice

_PAGE = 30


@allow(GET=SIGNED_IN)
def listed(request: HttpRequest) -> HttpResponse:
    """The reader's notices, newest first."""
    actor = actor_of(request)
    page = Paginator(selectors.notices(actor), _PAGE).get_page(request.GET.get("page"))
    found = selectors.shown(page.object_list)
    return render(
        request,
        "notices/list.html",
        {
            "page": page,
            "notices": found,
            "unread": selectors.unread_count(actor),
            "wants_email": selectors.wants_email(actor),
        },
    )


@allow(POST=SIGNED_IN)
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one notice as read and go where it leads."""
    actor = actor_of(request)
    services.mark_read(actor=actor, notice_id=notice_id)
    notice: Notice = selectors.notices(actor).get(pk=notice_id)
    return redirect(notice.url or "notices:list")


@allow(POST=SIGNED_IN)
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    services.mark_read(actor=actor_of(request))
    return redirect("notices:list")


@allow(POST=SIGNED_IN)
def preference(request: HttpRequest) -> HttpResponse:
    """Keep whether the reader also wants e-mail."""
    services.prefer(actor=actor_of(request), email=request.POST.get("email") == "yes")
    messages.success(request, _("Saved."))
    return redirect("notices:list")


@allow(GET=SIGNED_IN)
async def news(request: HttpRequest) -> StreamingHttpResponse | HttpResponse:
    """The reader's own stream of server-sent events."""
    person = actor_of(request).person_id
    if person is None:
        return HttpResponse(status=204)
    answer = StreamingHttpResponse(stream.body(person), content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    answer["Content-Encoding"] = "identity"  # a compressor would hold events back
    return answer
