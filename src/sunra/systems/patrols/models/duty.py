"""A night as it is walked: shifts, the phones that may write for them, what they wrote, where a team is."""

from django.db import models
from django.db.models import Q

from sunra.platform.base.models import Identified, Owned
from sunra.systems.patrols.models.groups import Organisation, Team, TeamKind
from sunra.systems.patrols.models.plans import Plan, PlanStop, PlanTeam


class ShiftStatus(models.TextChoices):
    """Where a shift stands."""

    PLANNED = "planned"
    ON_PATROL = "on_patrol"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Shift(Owned):
    """One team's duty of one night; its times are what was planned and what the phone said."""

    plan = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="shifts")
    plan_team = models.ForeignKey(
        PlanTeam, on_delete=models.SET_NULL, null=True, blank=True, related_name="shifts"
    )
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="shifts")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="shifts"
    )
    group = models.ForeignKey(
        "agencies.Agency", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=TeamKind.choices)
    district = models.CharField(max_length=5)
    day = models.DateField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    people = models.PositiveSmallIntegerField(default=2)
    status = models.CharField(max_length=10, choices=ShiftStatus.choices, default=ShiftStatus.PLANNED)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    recalled_at = models.DateTimeField(null=True, blank=True)
    cell_e = models.IntegerField(null=True, blank=True)
    cell_n = models.IntegerField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["starts", "name"]
        indexes = [models.Index(fields=["agency", "day"]), models.Index(fields=["status", "ends"])]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=models.F("starts")), name="a_duty_has_length"),
            models.UniqueConstraint(
                fields=["agency", "district", "day", "name"],
                condition=Q(status__in=["planned", "on_patrol"]),
                name="one_open_shift_per_team_and_night",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class ShiftInvitation(Identified):
    """Lets one phone join a shift, once: the link's code and a PIN told apart from it, both as hashes."""

    AGENCY_LOOKUP = "shift__agency_id"

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=64, blank=True)
    expires = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=60)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return str(self.pk)


class ShiftPass(Identified):
    """A phone's right to write its own events of one shift; bound to a key that never leaves the device."""

    AGENCY_LOOKUP = "shift__agency_id"

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="passes")
    token_hash = models.CharField(max_length=64, unique=True)
    device_key = models.CharField(max_length=200)
    device = models.CharField(max_length=60, blank=True)
    expires = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created"]
        verbose_name_plural = "shift passes"

    def __str__(self) -> str:
        return str(self.pk)


class EventKind(models.TextChoices):
    """What a phone can say."""

    BEGIN = "begin"
    END = "end"
    CHECK_IN = "check_in"
    WALKED = "walked"
    HAZARD = "hazard"
    CALL_112 = "call112"
    MESSAGE = "message"
    DROP_OUT = "drop_out"
    RECALL_SEEN = "recall_seen"


class FieldEvent(models.Model):
    """What a phone said, once: ``id`` is made on the device, so a repeated sending finds it here.

    ``data`` holds no track: cells walked lie in ``Presence`` alone, where they are forgotten.
    """

    AGENCY_LOOKUP = "shift__agency_id"

    id = models.UUIDField(primary_key=True)
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    at = models.DateTimeField()
    received = models.DateTimeField()
    cell_e = models.IntegerField(null=True, blank=True)
    cell_n = models.IntegerField(null=True, blank=True)
    stop = models.ForeignKey(
        PlanStop, on_delete=models.SET_NULL, null=True, blank=True, related_name="visits"
    )
    data = models.JSONField(default=dict)
    by = models.ForeignKey(ShiftPass, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["shift", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"


class Presence(models.Model):
    """Where a team was while on patrol and by its consent; deleted after the agency's days."""

    AGENCY_LOOKUP = "shift__agency_id"

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="presences")
    cell_e = models.IntegerField()
    cell_n = models.IntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="presence_goes_forward")
        ]

    def __str__(self) -> str:
        return f"{self.cell_e} {self.cell_n}"


class WalkedCell(models.Model):
    """How long a cell was walked in a night by all teams together; what stays when tracks are deleted."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    district = models.CharField(max_length=5)
    day = models.DateField()
    cell_e = models.IntegerField()
    cell_n = models.IntegerField()
    minutes = models.FloatField()
    passes = models.PositiveIntegerField()
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["day", "cell_e", "cell_n"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "district", "day", "cell_e", "cell_n"], name="one_walk_per_cell_and_night"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.cell_e} {self.cell_n}"


class ReportTo(models.TextChoices):
    """Who mends a hazard."""

    CITY_LINE = "120"
    DISTRICT = "district"


class Hazard(Owned):
    """A dark lamp, a broken fence, a bottle on the road: what a team reported and what became of it."""

    shift = models.ForeignKey(Shift, on_delete=models.SET_NULL, null=True, blank=True, related_name="hazards")
    kind = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    cell_e = models.IntegerField(null=True, blank=True)
    cell_n = models.IntegerField(null=True, blank=True)
    number = models.CharField(max_length=20, blank=True)
    dong = models.CharField(max_length=10, blank=True, db_index=True)
    photo = models.ForeignKey(
        "files.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sent_to = models.CharField(max_length=10, choices=ReportTo.choices)
    sent_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class AlarmKind(models.TextChoices):
    """Why the room must look."""

    LATE = "late_check_in"
    NO_END = "no_end"
    HELP = "help"
    DROP_OUT = "drop_out"


class Alarm(Owned):
    """Something about a shift that waits for a person in the room."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=15, choices=AlarmKind.choices)
    raised_at = models.DateTimeField()
    seen_by = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "kind"], condition=Q(closed_at=None), name="one_open_alarm_per_kind"
            )
        ]

    def __str__(self) -> str:
        return self.kind


class Message(Owned):
    """A line between the room and the teams: to or from one shift, or (``shift`` empty) to all of a night."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    district = models.CharField(max_length=5)
    day = models.DateField()
    text = models.CharField(max_length=300)
    recall = models.BooleanField(default=False)
    from_team = models.BooleanField(default=False)
    sent_by = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["agency", "day"])]

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"


class DutyRules(models.Model):
    """What an agency decided for its nights; an agency without a row keeps the defaults."""

    agency = models.OneToOneField("agencies.Agency", on_delete=models.CASCADE, related_name="+")
    late_minutes = models.PositiveSmallIntegerField(default=15)
    end_minutes = models.PositiveSmallIntegerField(default=30)
    track_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        verbose_name_plural = "duty rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(track_days__range=(1, 90)) & Q(late_minutes__range=(5, 120)),
                name="duty_rules_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return str(self.agency_id)
