"""Downloading a file: always as an attachment, never rendered by the browser."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.files import selectors, services

_CHUNK = 256 * 1024


@allow(GET="files.view_file", POST="files.view_file")
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """One file; for a personal one a form asks for the purpose first, and its answer goes to the ledger."""
    actor = actor_of(request)
    file = selectors.get(actor, file_id)
    purpose = request.POST.get("purpose", "").strip()
    if file.personal and not purpose:
        error = _("Say what you need the file for.") if request.method == "POST" else ""
        status = 400 if error else 200
        return render(request, "files/purpose.html", {"file": file, "error": error}, status=status)
    try:
        path = services.opened(actor=actor, file=file, purpose=purpose)
    except UserError as error:
        return HttpResponse(str(error), status=410, content_type="text/plain; charset=utf-8")
    answer = StreamingHttpResponse(
        _stream(path) if isinstance(request, ASGIRequest) else _read(path), content_type=file.media_type
    )
    answer["Content-Length"] = str(file.size)
    answer["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=file.name))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


async def _stream(path: Path) -> AsyncIterator[bytes]:
    """The same without holding up the event loop."""
    stream = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(stream.read, _CHUNK):
            yield chunk
    finally:
        await asyncio.to_thread(stream.close)
