"""Abstract models: every row belongs to an agency and has an address that cannot be guessed."""

import uuid

from django.db import models


class Identified(models.Model):
    """A row with a random public id and the times of its life."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Owned(Identified):
    """A row that belongs to one agency; selectors narrow on it by the actor."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
