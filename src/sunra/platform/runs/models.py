"""The table of runs."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.models import Identified


class Run(Identified):
    """One query or piece of divided work on the engine; ``digest`` (SHA-256) tells which text it was.

    The text itself is not kept: its literals may say more than a digest.
    """

    class State(models.TextChoices):
        """How the run stands."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    engine = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    error_code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    partitions = models.PositiveIntegerField(default=0)
    tables = models.JSONField(default=dict)
    rows_in = models.BigIntegerField(default=0)
    rows_out = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["agency", "-created"], name="runs_of_agency")]

    def __str__(self) -> str:
        return f"{self.title} {self.id}"

    @property
    def name(self) -> str:
        """The title in the reader's language; titles are kept as their source text."""
        return gettext(self.title) if self.title else ""
