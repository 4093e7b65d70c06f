"""What the lot of a night could have chosen: each cell's chance, stored before anybody walks."""

from django.db import models

from sunra.systems.patrols.models.plans import Plan


class PlanChance(models.Model):
    """How likely the lot was to let a plan stop in a cell, and whether it did."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="chances")
    cell_e = models.IntegerField()
    cell_n = models.IntegerField()
    dong = models.CharField(max_length=10, blank=True)
    chance = models.FloatField()
    visited = models.BooleanField()

    class Meta:
        ordering = ["cell_e", "cell_n"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "cell_e", "cell_n"], name="one_chance_per_cell_of_plan"),
            models.CheckConstraint(
                condition=models.Q(chance__gte=0, chance__lte=1), name="a_chance_is_between_0_and_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell_e} {self.cell_n}"
