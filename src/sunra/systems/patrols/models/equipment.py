"""Equipment of patrols: what there is, who has it, when it was looked over."""

from django.db import models
from django.db.models import F, Q

from sunra.platform.base.models import Owned
from sunra.systems.patrols.models.groups import Organisation, Team


class GearKind(models.TextChoices):
    """What kind of thing it is."""

    VEST = "vest"
    LAMP = "lamp"
    RADIO = "radio"
    ARMOUR = "armour"
    OTHER = "other"


class Gear(Owned):
    """One thing with a serial number, or a pile of ``quantity`` like things without.

    ``expires``: the last day of use; ``inspect_by``: the day by which it must be looked over again.
    """

    kind = models.CharField(max_length=10, choices=GearKind.choices)
    name = models.CharField(max_length=80)
    size = models.CharField(max_length=20, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    expires = models.DateField(null=True, blank=True)
    inspect_by = models.DateField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_why = models.CharField(max_length=300, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "name", "size", "serial"]
        verbose_name_plural = "gear"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "serial"], condition=~Q(serial=""), name="one_gear_per_serial"
            ),
            models.CheckConstraint(condition=Q(serial="") | Q(quantity__lte=1), name="a_serial_is_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.serial}".strip()


class GearIssue(Owned):
    """Gear that went out to a team or to a group, with its name of that day; ``single`` for a serial number.

    Of ``quantity`` came ``back`` and were ``lost`` so many; closed when both make up the whole.
    """

    gear = models.ForeignKey(Gear, on_delete=models.PROTECT, related_name="issues")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    holder = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(default=1)
    back = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    single = models.BooleanField(default=False)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    due = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["gear"], condition=Q(single=True, closed_at=None), name="a_serial_is_out_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(quantity__gte=F("back") + F("lost")),
                name="no_more_back_than_out",
            ),
            models.CheckConstraint(
                condition=Q(single=False) | Q(quantity=1), name="a_serial_goes_out_as_one"
            ),
            models.CheckConstraint(condition=Q(team=None) | Q(organisation=None), name="gear_has_one_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.gear_id} → {self.holder}"


class GearCheck(Owned):
    """One inspection of gear."""

    gear = models.ForeignKey(Gear, on_delete=models.CASCADE, related_name="checks")
    on = models.DateField()
    passed = models.BooleanField()
    next_due = models.DateField(null=True, blank=True)
    written_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-on", "-created"]

    def __str__(self) -> str:
        return f"{self.gear_id} {self.on}"
