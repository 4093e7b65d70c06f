"""The ledger's tables: one chain per retention class, in monthly segments of records."""

from django.db import models

from sunra.platform.ledger.acts import Act, Retention


class Chain(models.Model):
    """The head of one retention class; appends take their turn on this row."""

    retention = models.PositiveSmallIntegerField(primary_key=True, choices=Retention)
    seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64)

    class Meta:
        ordering = ["retention"]

    def __str__(self) -> str:
        return f"{self.retention}: {self.seq}"


class Segment(models.Model):
    """One month of a chain; stays, with its signed end, when its records have expired."""

    class State(models.TextChoices):
        """Where the month is in its life."""

        OPEN = "open"
        CLOSED = "closed"
        EXPIRED = "expired"

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="segments")
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    start_hash = models.CharField(max_length=64)
    first_seq = models.BigIntegerField()
    end_hash = models.CharField(max_length=64, blank=True)
    last_seq = models.BigIntegerField(null=True)
    expired_at = models.DateTimeField(null=True)
    key_id = models.CharField(max_length=16, blank=True)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ["chain", "month"]
        constraints = [models.UniqueConstraint(fields=["chain", "month"], name="one_segment_a_month")]

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.month}"


class Record(models.Model):
    """One look, change or denial: who, for which agency, why, on what ground, what. No names, ids only."""

    retention = models.PositiveSmallIntegerField(choices=Retention)
    seq = models.BigIntegerField()
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="records")
    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, db_index=True)
    role = models.CharField(max_length=40)
    agency_id = models.CharField(max_length=36, db_index=True)
    act = models.CharField(max_length=16, choices=Act)
    subject = models.CharField(max_length=80)
    ref = models.CharField(max_length=200)
    purpose = models.CharField(max_length=300)
    basis = models.CharField(max_length=200)
    detail = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["retention", "seq"], name="one_place_in_the_chain")]
        indexes = [models.Index(fields=["subject", "ref"], name="ledger_subject_ref")]

    def __str__(self) -> str:
        return f"{self.retention}/{self.seq}"


class AnchorMark(models.Model):
    """How many anchors were written outside the database; a shorter file was cut."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    line_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.number)
