"""Days of patrols beside the plans: launch days, joint patrols, festivals, exam seasons; feeds of them."""

from django.db import models
from django.db.models import F, Q

from sunra.platform.base.models import Identified, Owned


class DayKind(models.TextChoices):
    """What kind of day it is."""

    LAUNCH = "launch"
    JOINT = "joint"
    FESTIVAL = "festival"
    EXAM = "exam"
    OTHER = "other"


class CalendarDay(Owned):
    """One entry of an agency's calendar; the agencies below see it too.

    ``all_day``: ``starts`` is midnight in Seoul, ``ends`` the midnight after the last day. ``sequence``
    counts the changes, as calendars ask (RFC 5545, 3.8.7.4). A cancelled entry stays, so that calendars
    that hold it learn of it.
    """

    kind = models.CharField(max_length=10, choices=DayKind.choices)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    district = models.CharField(max_length=5, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=120, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts", "title"]
        indexes = [models.Index(fields=["agency", "starts"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="calendar_day_has_length")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.starts:%Y-%m-%d}"


class CalendarFeed(Identified):
    """One person's secret address in one membership; only its hash is kept, and it dies with either."""

    AGENCY_LOOKUP = "membership__agency_id"

    membership = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(revoked_at=None), name="one_feed_per_membership"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
