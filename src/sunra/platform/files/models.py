"""Stored files: what was handed in or made, known by its content's hash."""

from django.db import models

from sunra.platform.base.models import Owned


class StoredFile(Owned):
    """One file of an agency. The bytes lie in the home folder under ``sha256``; equal files share them.

    ``name`` is what people call it (never a path); ``media_type`` is the content's, whatever the name says.
    A ``personal`` file leaves a ledger record before every download.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    personal = models.BooleanField(default=False)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name
