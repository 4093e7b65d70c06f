"""The tables of background work."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.models import Identified
from sunra.platform.jobs.registry import title_of


class Job(Identified):
    """One piece of background work; ``fence`` grows with every claim and shuts stale runners out."""

    class State(models.TextChoices):
        """Where the job is in its life."""

        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ACTIVE = (State.QUEUED, State.RUNNING)
    OVER = (State.DONE, State.FAILED, State.CANCELLED)

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=80, db_index=True)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.CharField(max_length=80)
    requested_role = models.CharField(max_length=40, blank=True)
    task_id = models.UUIDField(null=True)

    fence = models.BigIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)

    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="jobs_leases"),
            models.Index(fields=["agency", "-created"], name="jobs_of_agency"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "running"]) & ~Q(key=""),
                name="one_active_job_a_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def title(self) -> str:
        """What people call this kind of work."""
        return title_of(self.kind)

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in self.ACTIVE


class ScheduledRun(models.Model):
    """One due time of a schedule, claimed once whatever the number of workers."""

    schedule = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-due_at"]
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="one_run_a_due_time")]

    def __str__(self) -> str:
        return f"{self.schedule} {self.due_at:%F %T}"
