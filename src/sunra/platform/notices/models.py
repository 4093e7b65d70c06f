"""Notices: what waits for a person to read, and whether they also want an e-mail."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One notice to one person; ``text`` is a message of the catalogue, ``params`` fill it when it is shown.

    Neither names a person: a notice says what kind of thing waits and where; the page behind ``url`` the
    rest.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [models.Index(fields=["person", "read_at", "-created"], name="notice_of_person")]

    def __str__(self) -> str:
        return self.kind


class Preference(models.Model):
    """How a person wants to hear: always in the page, by e-mail unless they said no."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    email = models.BooleanField(default=True)

    def __str__(self) -> str:
        return "e-mail" if self.email else "page"
