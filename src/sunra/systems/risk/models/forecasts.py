"""Forecasts: what was forecast from what, and where its table lies."""

from django.db import models

from sunra.platform.base.models import Owned


class EventSource(models.TextChoices):
    """What the expected counts rest on."""

    EVENTS = "events"
    PRIOR = "prior"


class Forecast(Owned):
    """One night of one district: 12 slots from ``first_hour`` of ``day``; the table itself is Parquet.

    ``digest`` names everything that decides the result, so that the same question twice is one row.
    ``vintages``: what was read, as {source, vintage, layer, rows}. ``method``: by family what was chosen.
    ``notes``: what the reader must know, as {code, params}. ``known_until``: the first day that was not over
    when it was made; only what happened before it can be in the forecast.
    """

    district = models.CharField(max_length=5)
    day = models.DateField()
    first_hour = models.PositiveSmallIntegerField(default=12)
    params = models.JSONField()
    thresholds = models.JSONField()
    code_version = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    event_source = models.CharField(max_length=10, choices=EventSource.choices)
    inputs = models.JSONField(default=list)
    vintages = models.JSONField(default=list)
    method = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    known_until = models.DateField(null=True, blank=True)
    events = models.PositiveIntegerField(default=0)
    first_event = models.DateField(null=True, blank=True)
    last_event = models.DateField(null=True, blank=True)
    graded = models.BooleanField(default=False)
    path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    cells = models.PositiveIntegerField()
    slots = models.PositiveSmallIntegerField(default=12)
    expected_total = models.FloatField(default=0)
    demo = models.BooleanField(default=False)
    made_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-day", "-updated"]
        indexes = [models.Index(fields=["district", "day"])]
        constraints = [
            models.UniqueConstraint(fields=["agency", "digest"], name="one_forecast_per_question"),
            models.CheckConstraint(
                condition=models.Q(event_source="events") | models.Q(graded=False),
                name="a_prior_is_never_graded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.day}"


class FamilyWeights(Owned):
    """How much each family of events counts in the combined forecast of a district, from now on; the newest
    row holds.
    """

    district = models.CharField(max_length=5)
    weights = models.JSONField()
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["district", "created"], name="family_weights_newest")]

    def __str__(self) -> str:
        return f"{self.district} {self.created:%Y-%m-%d}"


class MethodChoice(Owned):
    """Which way of forecasting each family of a district gets, chosen on its own past and used until the next
    choice.

    ``methods``: by family {method, reason, events, scores}; ``chosen_on``: nothing from that day on was
    looked at. ``models_path``, ``models_sha256``: the trained methods, which the nights until the next choice
    use as they are; ``models_of`` names all that they were trained on and with (``trained.key_of``).
    """

    district = models.CharField(max_length=5)
    chosen_on = models.DateField()
    methods = models.JSONField(default=dict)
    code_version = models.CharField(max_length=40)
    seconds = models.FloatField(default=0)
    models_path = models.CharField(max_length=255, blank=True)
    models_sha256 = models.CharField(max_length=64, blank=True)
    models_of = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-chosen_on", "-created"]
        indexes = [models.Index(fields=["district", "chosen_on"], name="method_choice_newest")]

    def __str__(self) -> str:
        return f"{self.district} {self.chosen_on}"
