"""What an agency decided for the lot that draws its nights."""

from django.db import models
from django.db.models import F, Q


class LotRules(models.Model):
    """Bounds of the lot; an agency without a row keeps the defaults.

    ``loss``: percent of the best plan that a drawn one may lose. ``dong_share``: percent of its part of the
    risk that each 법정동 gets at least. A cell is visited on at most ``visits`` of ``of_nights`` nights
    running. ``nights``: how many nights back the lot looks.
    """

    agency = models.OneToOneField("agencies.Agency", on_delete=models.CASCADE, related_name="+")
    loss = models.FloatField(default=3.0)
    dong_share = models.FloatField(default=30.0)
    visits = models.PositiveSmallIntegerField(default=27)
    of_nights = models.PositiveSmallIntegerField(default=28)
    nights = models.PositiveSmallIntegerField(default=28)
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=120, blank=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "lot rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(loss__range=(1, 10)) & Q(dong_share__range=(0, 60)) & Q(nights__range=(7, 56)),
                name="lot_rules_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(visits__gte=1) & Q(visits__lte=F("of_nights")) & Q(of_nights__lte=F("nights")),
                name="lot_rests_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return str(self.agency_id)
