"""Everything that reads the list of files; contents are opened by ``services.opened``."""

from uuid import UUID

from django.db.models import QuerySet

from sunra.platform.accounts.access import get_visible, visible
from sunra.platform.accounts.actor import Actor
from sunra.platform.files.models import StoredFile


def files(actor: Actor, *, kind: str | None = None) -> QuerySet[StoredFile]:
    """The files of the actor's agencies, newest first."""
    found = visible(StoredFile.objects.all(), actor)
    return found if kind is None else found.filter(kind=kind)


def get(actor: Actor, id: UUID) -> StoredFile:  # noqa: A002 - the name agreed between the parts
    """One file of the actor's agencies; raises ``Http404`` for any other."""
    return get_visible(StoredFile.objects.all(), actor, pk=id)
