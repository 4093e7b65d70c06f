"""Members of patrol organisations: what is personal is sealed, what is counted is not."""

from django.conf import settings
from django.db import models

from sunra.platform.base.models import Owned
from sunra.systems.patrols.models.groups import Organisation


class Track(models.TextChoices):
    """Two matters that do not depend on each other.

    The station chief commissions a member after the check for disqualifications (자율방범대법); the safety
    council appoints.
    """

    COMMISSION = "commission"
    APPOINTMENT = "appointment"


class Standing(models.TextChoices):
    """Where a member is on a track; ``checked`` belongs to the commission, ``review`` to the appointment."""

    NONE = "none"
    APPLIED = "applied"
    CHECKED = "checked"
    REVIEW = "review"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


class TrainingKind(models.TextChoices):
    """What a training is about; a member goes out only with a valid basic one."""

    BASIC = "basic"
    FIRST_AID = "first_aid"
    DOG = "dog"


class Member(Owned):
    """A member of an organisation; every look is in the ledger.

    ``sealed`` holds name, telephone, role and languages. ``hours`` are ``[weekday, from, until]`` with
    Monday 0 and hours of that night: until 26 is two o'clock the next morning. A withdrawn member keeps the
    row for the statistics and nothing that tells who it was.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="members")
    key = models.CharField(max_length=60)
    sealed = models.TextField(blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    joined = models.DateField(null=True, blank=True)
    commission = models.CharField(max_length=10, choices=Standing.choices, default=Standing.NONE)
    appointment = models.CharField(max_length=10, choices=Standing.choices, default=Standing.NONE)
    insured_until = models.DateField(null=True, blank=True)
    hours = models.JSONField(default=list, blank=True)
    withdrawn = models.DateField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="one_member_per_key"),
            models.CheckConstraint(
                condition=models.Q(withdrawn=None) | models.Q(sealed="", active=False, person=None),
                name="the_withdrawn_are_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class MemberStep(Owned):
    """One step of a member on a track: when, decided by whom, and which account wrote it down."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="steps")
    track = models.CharField(max_length=12, choices=Track.choices)
    standing = models.CharField(max_length=10, choices=Standing.choices)
    on = models.DateField()
    decided_by = models.CharField(max_length=80, blank=True)
    written_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["on", "created"]

    def __str__(self) -> str:
        return f"{self.track} {self.standing}"


class Training(Owned):
    """A training and the last day on which it holds."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="trainings")
    kind = models.CharField(max_length=10, choices=TrainingKind.choices)
    valid_until = models.DateField()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="one_training_of_a_kind")]

    def __str__(self) -> str:
        return self.kind
