"""Residents' patrol requests: a cell and hours, how many asked, what became of it; never who asked.

A request is one row for one cell and overlapping hours, however many ask; each asking keeps the hours that
were asked for, the words (which expire) and the hash of the code with which its asker looks at the state.
"""

from django.db import models
from django.db.models import F, Q

from sunra.platform.base.models import Identified, Owned


class RequestState(models.TextChoices):
    """What became of a request; ``closed`` is one that nobody repeated for so long, or that all took back."""

    NEW = "new"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    MERGED = "merged"
    CLOSED = "closed"


OPEN_STATES = (RequestState.NEW, RequestState.ACCEPTED)


class PatrolRequest(Owned):
    """One place and its hours: ``slots`` a mask of the twelve by the clock (bit 0 = 00-02), ``days`` of the
    week (bit 0 = Monday).

    ``cell_e``/``cell_n`` are empty while only the 법정동 and the words of the asker say where it is.
    """

    district = models.CharField(max_length=5)
    dong = models.CharField(max_length=10)
    cell_e = models.IntegerField(null=True, blank=True)
    cell_n = models.IntegerField(null=True, blank=True)
    cause = models.CharField(max_length=20)
    slots = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.NEW)
    askers = models.PositiveIntegerField(default=0)
    last_asked = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    answer = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-last_asked"]
        indexes = [
            models.Index(fields=["district", "state"], name="request_district"),
            models.Index(fields=["cell_e", "cell_n"], name="request_cell"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(slots__gt=0, slots__lt=4096), name="request_has_hours"),
            models.CheckConstraint(condition=Q(days__gt=0, days__lt=128), name="request_has_days"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="request_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dong} {self.cell_e} {self.cell_n}"


class Asking(Identified):
    """One asking. ``asker`` is a hash of where it came from under a salt that is thrown away: it tells for
    some weeks whether the same asks again, and nothing after.
    """

    AGENCY_LOOKUP = "request__agency_id"

    request = models.ForeignKey(PatrolRequest, on_delete=models.CASCADE, related_name="askings")
    asker = models.CharField(max_length=64, blank=True)
    code_hash = models.CharField(max_length=64, unique=True)
    cause = models.CharField(max_length=20)
    slots = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    counted = models.BooleanField(default=True)
    landmark = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=300, blank=True)
    erased = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created"]
        indexes = [models.Index(fields=["asker"], name="asking_asker")]

    def __str__(self) -> str:
        return str(self.id)


class RequestDecision(Identified):
    """One decision of an officer with what stood before it, so that it can be undone."""

    AGENCY_LOOKUP = "request__agency_id"

    request = models.ForeignKey(PatrolRequest, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=10)
    before = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=120)
    undone = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.act} {self.request_id}"


class RequestVisit(models.Model):
    """A stop of a confirmed plan in the request's cell; the asker is told once it is over.

    ``walked``: when a team said that it was there; empty while nobody has said so.
    """

    AGENCY_LOOKUP = "request__agency_id"

    request = models.ForeignKey(PatrolRequest, on_delete=models.CASCADE, related_name="visits")
    planner = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="+")
    district = models.CharField(max_length=5)
    day = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    walked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-since"]
        indexes = [models.Index(fields=["planner", "district", "day"], name="visit_night")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="visit_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.since:%Y-%m-%d}"


class RequestShare(Owned):
    """How much residents' requests count in a district's patrol plans, 0 (not at all) to 0.5 (half of what a
    plan can gain), from now on; the newest row holds.
    """

    district = models.CharField(max_length=5)
    share = models.FloatField()
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["district", "created"], name="request_share_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=0.5), name="request_share_in_bounds")
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.share:g}"


class AskerSalt(models.Model):
    """The salt of some weeks; deleted afterwards, so that its hashes say nothing any more."""

    number = models.PositiveIntegerField(unique=True)
    value = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)
