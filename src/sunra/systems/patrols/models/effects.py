"""What patrols changed, month by month, as far as anybody can say."""

from django.db import models

from sunra.platform.base.models import Owned


class EffectMonth(Owned):
    """One month of a district's confirmed plans, judged; ``month`` is its first day.

    ``figures``: what ``journeys.effects.judge`` writes, for the month and for the year that ends with it.
    ``digest`` names everything that went in; the same again changes nothing, other inputs count ``times`` on.
    Nothing is drawn: the same inputs and code give the same figures.
    """

    district = models.CharField(max_length=5)
    month = models.DateField()
    nights = models.PositiveSmallIntegerField(default=0)
    figures = models.JSONField()
    digest = models.CharField(max_length=64)
    code_version = models.CharField(max_length=40)
    times = models.PositiveSmallIntegerField(default=1)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "district", "month", "demo"], name="one_effect_per_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.month:%Y-%m}"
