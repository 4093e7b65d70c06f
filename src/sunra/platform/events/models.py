"""The outbox: what happened, and who has been told."""

import uuid

from django.db import models


class Event(models.Model):
    """One thing that happened, written in the same transaction; ids and figures, nothing personal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    type = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    payload = models.JSONField()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.type} v{self.version}"


class Delivery(models.Model):
    """One event for one consumer; done in the consumer's own transaction, so it takes effect once."""

    class State(models.TextChoices):
        """How far the delivery is."""

        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()
    error = models.CharField(max_length=200, blank=True)
    settled = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due"]
        constraints = [models.UniqueConstraint(fields=["event", "consumer"], name="one_delivery_a_consumer")]
        indexes = [models.Index(fields=["state", "due"], name="events_due")]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.consumer}"
