"""Forecasts before their judges: scores of nights that are over, audits, and alarms."""

from django.db import models

from sunra.platform.base.models import Owned
from sunra.systems.risk.models.forecasts import Forecast


class ForecastScore(Owned):
    """One night scored when its week was over: the last forecast made before the night began.

    ``figures``: ``core.forecast.audit.Score`` as JSON; ``overridden``: the same with officers' overrides laid
    over the expectation, empty when there were none (``overrides`` counts them). ``week``: the Monday.
    ``origins``: where the events came from, as {kind, source, vintage, rows}. Scored again while events of
    the week still come in; ``times`` says how often.
    """

    forecast = models.OneToOneField(Forecast, on_delete=models.CASCADE, related_name="score")
    district = models.CharField(max_length=5)
    day = models.DateField()
    week = models.DateField()
    events = models.FloatField()
    expected = models.FloatField()
    figures = models.JSONField()
    overridden = models.JSONField(default=dict)
    overrides = models.PositiveSmallIntegerField(default=0)
    origins = models.JSONField(default=list)
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["day"]
        indexes = [models.Index(fields=["district", "day"], name="score_district_day")]

    def __str__(self) -> str:
        return f"{self.district} {self.day}"


class Report(Owned):
    """An analysis of a district as it stood on ``until``; a new one of the same day replaces the old.

    ``figures`` is JSON: what ``services.audits`` or ``services.factors`` writes.
    """

    class Kind(models.TextChoices):
        """What was analysed."""

        FAIRNESS = "fairness"
        FACTORS = "factors"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    district = models.CharField(max_length=5)
    family = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField()
    figures = models.JSONField()
    vintages = models.JSONField(default=list)
    code_version = models.CharField(max_length=40)
    made_by = models.CharField(max_length=120, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-until", "-updated"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "district", "family", "until"], name="one_risk_report_a_day"
            ),
        ]
        indexes = [models.Index(fields=["district", "kind", "until"], name="risk_report_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.district} {self.until}"


class Alarm(Owned):
    """Drift, calibration, concentration or the naive count ahead: ``value`` passed ``bound`` in the weeks
    that end with ``week`` (a Monday). One row for each week and kind; people are told when it begins.
    """

    district = models.CharField(max_length=5)
    week = models.DateField()
    kind = models.CharField(max_length=20)
    where = models.CharField(max_length=20, blank=True)
    value = models.FloatField()
    bound = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta:
        ordering = ["-week", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "district", "week", "kind"], name="one_risk_alarm_a_week"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.district} {self.week}"
