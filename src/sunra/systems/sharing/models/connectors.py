"""What an agency pulls by itself from open interfaces, and how each pull went."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.models import Owned
from sunra.systems.sharing.models.catalogue import Vintage


class Connector(Owned):
    """One source that is pulled every so often; ``chosen`` are the parameters the source asks for."""

    class Every(models.TextChoices):
        """How often."""

        DAY = "day", _("every night")
        WEEK = "week", _("every Monday night")
        MONTH = "month", _("on the first of the month")

    source = models.CharField(max_length=60)
    chosen = models.JSONField(default=dict, blank=True)
    every = models.CharField(max_length=6, choices=Every.choices, default=Every.WEEK)
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["source", "created"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "source", "chosen"], name="one_connector_per_question")
        ]

    def __str__(self) -> str:
        return self.source


class Pull(Owned):
    """One pull: what was announced, what came, what went wrong (``problem`` is a code, "" when nothing)."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="pulls")
    vintage = models.ForeignKey(Vintage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    announced = models.PositiveIntegerField(null=True, blank=True)
    records = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.problem or str(self.records)
