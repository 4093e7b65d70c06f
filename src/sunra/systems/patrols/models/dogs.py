"""Dog patrol squads: a handler with a dog, from the application to the renewal."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from sunra.platform.base.models import Identified, Owned
from sunra.systems.patrols.models.people import Member

MOST_POINTS = 10
"""Of each of the three items of the field test."""


class DogStage(models.TextChoices):
    """How far a handler and dog have come; ``active`` after the briefing."""

    APPLIED = "applied"
    PAPER = "paper"
    TESTED = "tested"
    SELECTED = "selected"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class DogPair(Owned):
    """A handler, who is a member, with one dog; ``sealed`` holds the dog's name and registration number.

    ``attempt`` counts the applications: scores belong to one of them.
    """

    handler = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="dogs")
    sealed = models.TextField(blank=True)
    stage = models.CharField(max_length=10, choices=DogStage.choices, default=DogStage.APPLIED)
    attempt = models.PositiveSmallIntegerField(default=1)
    vaccinated_until = models.DateField(null=True, blank=True)
    liability_until = models.DateField(null=True, blank=True)
    renew_by = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["created"]

    def __str__(self) -> str:
        return str(self.pk)


class DogStep(Owned):
    """A stage that was reached: when, decided by whom, and which account wrote it down."""

    pair = models.ForeignKey(DogPair, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=10, choices=DogStage.choices)
    on = models.DateField()
    decided_by = models.CharField(max_length=80, blank=True)
    written_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["on", "created"]

    def __str__(self) -> str:
        return self.stage


class DogScore(Owned):
    """One examiner's points in the field test.

    ``narrow``: at heel through a narrow passage; ``calm``: past distractions; ``dogs``: no reaction to
    other dogs.
    """

    pair = models.ForeignKey(DogPair, on_delete=models.CASCADE, related_name="scores")
    attempt = models.PositiveSmallIntegerField()
    examiner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    narrow = models.PositiveSmallIntegerField()
    calm = models.PositiveSmallIntegerField()
    dogs = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["created"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "attempt", "examiner"], name="an_examiner_scores_once"),
            models.CheckConstraint(
                condition=Q(narrow__lte=MOST_POINTS) & Q(calm__lte=MOST_POINTS) & Q(dogs__lte=MOST_POINTS),
                name="points_within_the_scale",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DogRules(Identified):
    """What an agency asks of dogs: points of 30 on the examiners' average, and months to the renewal."""

    agency = models.OneToOneField("agencies.Agency", on_delete=models.CASCADE, related_name="+")
    pass_mark = models.PositiveSmallIntegerField(default=21)
    renew_months = models.PositiveSmallIntegerField(default=12)

    class Meta:
        verbose_name_plural = "dog rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_mark__range=(3, 30)) & Q(renew_months__range=(1, 36)),
                name="dog_rules_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return str(self.agency_id)
