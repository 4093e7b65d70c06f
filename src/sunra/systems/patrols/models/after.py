"""What stays of a patrol: its log in versions, and the hours of those who came."""

from django.db import models
from django.db.models import Q

from sunra.platform.base.models import Identified, Owned
from sunra.systems.patrols.models.duty import Shift
from sunra.systems.patrols.models.groups import Organisation
from sunra.systems.patrols.models.people import Member


class PatrolLog(Owned):
    """The log of one shift; what it says lies in its versions."""

    shift = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="log")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    day = models.DateField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.shift_id)


class LogVersion(Identified):
    """One state of a log, never changed but by its signature: a change is a version of its own.

    ``digest`` is the SHA-256 of the canonical JSON of log, number and ``body``; who signs, signs that.
    """

    AGENCY_LOOKUP = "log__agency_id"

    log = models.ForeignKey(PatrolLog, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    written_by = models.CharField(max_length=120)
    signed_by = models.CharField(max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["log", "number"], name="one_log_version_per_number")]

    def __str__(self) -> str:
        return str(self.number)


class ServedHours(models.Model):
    """Minutes that a member came for, by the log; a member who withdraws leaves them without a name."""

    AGENCY_LOOKUP = "log__agency_id"

    log = models.ForeignKey(PatrolLog, on_delete=models.CASCADE, related_name="hours")
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="served"
    )
    minutes = models.PositiveIntegerField()

    class Meta:
        ordering = ["log_id", "id"]
        verbose_name_plural = "served hours"
        constraints = [
            models.UniqueConstraint(
                fields=["log", "member"], condition=Q(member__isnull=False), name="a_member_came_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.minutes)


class Certificate(Owned):
    """That hours were certified: number, sum and digest, so that a paper can be held against them later.

    No name: the paper carries it, the digest covers it. ``member`` is empty after a withdrawal.
    """

    number = models.CharField(max_length=20)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="certificates"
    )
    since = models.DateField()
    last = models.DateField()
    nights = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=120)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="one_certificate_per_number")
        ]

    def __str__(self) -> str:
        return self.number
