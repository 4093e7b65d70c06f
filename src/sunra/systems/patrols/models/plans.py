"""The plan of a night: its teams' routes and their stops."""

from django.db import models

from sunra.platform.base.models import Owned
from sunra.systems.patrols.models.groups import Team, TeamKind


class DistanceSource(models.TextChoices):
    """Where a plan's distances come from."""

    STREETS = "streets"
    STRAIGHT_LINE = "straight_line"


class PlanStatus(models.TextChoices):
    """Whether others may see a plan."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"


class Plan(Owned):
    """One night's patrol plan of a district; ``digest`` names all that decided it."""

    district = models.CharField(max_length=5)
    day = models.DateField()
    forecast = models.UUIDField()
    event_source = models.CharField(max_length=10)
    graded = models.BooleanField(default=False)
    seed = models.BigIntegerField()
    params = models.JSONField()
    code_version = models.CharField(max_length=40)
    distance_source = models.CharField(max_length=20, choices=DistanceSource.choices)
    teams_source = models.CharField(max_length=10)
    objective = models.FloatField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=120, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-day", "-updated"]
        indexes = [models.Index(fields=["district", "day"])]
        constraints = [models.UniqueConstraint(fields=["agency", "digest"], name="one_plan_per_question")]

    def __str__(self) -> str:
        return f"{self.district} {self.day}"


class PlanTeam(models.Model):
    """One team's route in a plan: minutes and metres in all, and the line to draw (lon, lat)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="teams")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    group = models.ForeignKey(
        "agencies.Agency", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=TeamKind.choices)
    start_name = models.CharField(max_length=120, blank=True)
    starts = models.DateTimeField()
    minutes = models.FloatField()
    metres = models.FloatField()
    line = models.JSONField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="one_place_per_team_in_plan")]

    def __str__(self) -> str:
        return self.name


class PlanStop(models.Model):
    """One stop of a team: which cell, when, and what is expected there during the shift."""

    team = models.ForeignKey(PlanTeam, on_delete=models.CASCADE, related_name="stops")
    order = models.PositiveSmallIntegerField()
    cell_e = models.IntegerField()
    cell_n = models.IntegerField()
    number = models.CharField(max_length=20)
    dong = models.CharField(max_length=10, blank=True, db_index=True)
    lon = models.FloatField()
    lat = models.FloatField()
    arrive = models.DateTimeField()
    leave = models.DateTimeField()
    expected = models.FloatField()
    grade = models.PositiveSmallIntegerField(default=0)
    reason = models.JSONField(default=dict)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["team", "order"], name="one_stop_per_place_in_route"),
            models.CheckConstraint(
                condition=models.Q(leave__gte=models.F("arrive")), name="a_stop_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.number
