"""Officers' overrides of forecasts: data of their own beside the forecast, which never changes."""

from django.db import models
from django.db.models import F, Q

from sunra.platform.base.models import Owned


class Override(Owned):
    """Between two days (inclusive, Seoul) ``factor`` times the expected count in ``cells`` during ``slots``
    (mask of the twelve by the clock, bit 0 = 00-02).

    Withdrawn, it stays as what it was until then: a slot that had begun is scored with it.
    """

    district = models.CharField(max_length=5)
    title = models.CharField(max_length=80)
    cause = models.CharField(max_length=20)
    cells = models.JSONField()
    slots = models.PositiveSmallIntegerField()
    factor = models.FloatField()
    starts = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=300)
    made_by = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["district", "starts", "until"], name="override_days")]
        constraints = [
            models.CheckConstraint(
                condition=Q(factor__gte=0.1, factor__lte=10) & ~Q(factor=1), name="override_changes_something"
            ),
            models.CheckConstraint(condition=Q(slots__gt=0, slots__lt=4096), name="override_has_hours"),
            models.CheckConstraint(condition=Q(until__gte=F("starts")), name="override_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title
