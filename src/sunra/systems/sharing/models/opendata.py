"""What an owner has opened to everybody, under which licence, and since when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sunra.platform.base.models import Owned
from sunra.systems.sharing.models.catalogue import Dataset


class Opening(Owned):
    """The decision to open a dataset: in force until ``closed`` is set, then a trace that it once was open.

    ``form`` says what leaves: ``features`` are the places themselves, ``counts`` figures by 법정동 or station
    that have passed disclosure control and stand frozen in ``rows``. ``columns`` are the published ones.
    """

    class Form(models.TextChoices):
        """What leaves."""

        FEATURES = "features"
        COUNTS = "counts"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="openings")
    form = models.CharField(max_length=10, choices=Form)
    licence = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    description = models.TextField(max_length=2_000, blank=True)
    quality = models.TextField(max_length=2_000, blank=True)
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    release = models.CharField(max_length=64, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_reason = models.CharField(max_length=400, blank=True)
    files = models.JSONField(default=dict)
    made = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(closed__isnull=True), name="one_opening_in_force"
            )
        ]

    def __str__(self) -> str:
        return self.title
