"""Webhooks: where partners' programs hear of patrols, and what became of each message."""

from django.db import models

from sunra.platform.base.models import Identified, Owned


class Hook(Owned):
    """A subscription of an agency: an address, the events it hears of, and its sealed secret.

    ``failing_since``: the first failure after the last success; long failing switches the hook off, and
    ``off_why`` says so ("by_hand", "failing" or "gone").
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    sealed = models.TextField()
    active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    off_at = models.DateTimeField(null=True, blank=True)
    off_why = models.CharField(max_length=10, blank=True)
    made_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_hook_per_name")]

    def __str__(self) -> str:
        return self.name


class HookState(models.TextChoices):
    """How far a message is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class HookMessage(Identified):
    """One event for one hook, with the body that is signed anew for each try; the answer's status only."""

    AGENCY_LOOKUP = "hook__agency_id"

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="messages")
    event = models.UUIDField()
    type = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=HookState.choices, default=HookState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=20, blank=True)
    settled = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["state", "due"])]
        constraints = [models.UniqueConstraint(fields=["hook", "event"], name="one_message_per_event")]

    def __str__(self) -> str:
        return f"{self.type} {self.state}"
