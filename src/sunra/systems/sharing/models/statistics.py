"""Statistics: runs with their lineage, residents by dong, saved views, and the reports made from them."""

from django.conf import settings
from django.db import models

from sunra.platform.base.models import Owned


class StatisticsRun(Owned):
    """One computation of all indicators; its tables are Parquet files under ``folder`` of the home.

    ``tables``: name → {sha256, rows}. ``lineage``: each dataset and vintage that was counted, with rows.
    ``missing``: codes of what could not be computed. ``steps``: what ran where, seconds and rows.
    """

    folder = models.CharField(max_length=200)
    tables = models.JSONField(default=dict)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    events = models.PositiveIntegerField(default=0)
    dongs = models.PositiveIntegerField(default=0)
    lineage = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    seconds = models.FloatField(default=0.0)
    released = models.BooleanField(default=False)
    code_version = models.CharField(max_length=20)
    made_by = models.CharField(max_length=120, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.created:%Y-%m-%d %H:%M}"


class DongResidents(Owned):
    """Registered residents of one 법정동, as a source gives them."""

    dong = models.CharField(max_length=10, db_index=True)
    residents = models.PositiveIntegerField()
    as_of = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["dong"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "source", "dong"], name="residents_once_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.dong} {self.residents}"


class SavedView(Owned):
    """A view of the statistics that somebody keeps: ``query`` is what stood in the address bar."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "created"]

    def __str__(self) -> str:
        return self.name


class ReportPlan(Owned):
    """A report that is made by itself, weekly or monthly, from a saved view."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="plans")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cadence = models.CharField(max_length=10, choices=Cadence.choices)
    last_period = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["cadence"]
        constraints = [
            models.UniqueConstraint(fields=["view", "cadence"], name="one_report_plan_per_cadence"),
        ]

    def __str__(self) -> str:
        return self.cadence


class Report(Owned):
    """A report that was made: its files, the run its numbers come from, and the period it stands for."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="reports")
    run = models.ForeignKey(StatisticsRun, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    pdf = models.ForeignKey(
        "files.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    xlsx = models.ForeignKey(
        "files.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.period
