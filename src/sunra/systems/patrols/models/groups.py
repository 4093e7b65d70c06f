"""Patrol organisations and their teams."""

from django.db import models

from sunra.platform.base.models import Owned


class TeamKind(models.TextChoices):
    """How a team moves."""

    CAR = "car"
    FOOT = "foot"
    DOG = "dog"


class Organisation(Owned):
    """A patrol organisation that ``agency`` keeps; ``group`` is the agency its own people sign in with."""

    key = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    dong = models.CharField(max_length=10, blank=True)
    group = models.ForeignKey(
        "agencies.Agency", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "key"], name="one_organisation_per_key")]

    def __str__(self) -> str:
        return self.name


class Team(Owned):
    """Who goes out: how, from where, and between which hours (Asia/Seoul)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="teams"
    )
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=TeamKind.choices)
    district = models.CharField(max_length=5)
    start_name = models.CharField(max_length=120, blank=True)
    start_lon = models.FloatField()
    start_lat = models.FloatField()
    shift_from = models.TimeField()
    shift_minutes = models.PositiveSmallIntegerField()
    speed_kmh = models.FloatField()
    size = models.PositiveSmallIntegerField(default=2)
    active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="one_team_per_key"),
            models.CheckConstraint(condition=models.Q(shift_minutes__gt=0), name="a_shift_has_length"),
            models.CheckConstraint(condition=models.Q(speed_kmh__gt=0), name="a_team_moves"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["foot", "dog"]) | models.Q(size__gte=2),
                name="nobody_walks_alone",
            ),
        ]

    def __str__(self) -> str:
        return self.name
