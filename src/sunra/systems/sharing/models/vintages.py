"""What people decide about vintages, what was handed in by whom, and how unknown tables are read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.models import Owned
from sunra.systems.sharing.models.catalogue import Dataset, Vintage


class Decision(Owned):
    """One step in the life of a dataset: who took which vintage into use or out of it, when and why.

    ``before`` is the vintage that was in use until then; ``undoes`` the decision that this one takes back.
    ``was`` says how every vintage stood that the step changed (id → state, part, taken): what undo restores.
    """

    class Act(models.TextChoices):
        """What was decided."""

        PUBLISH = "publish", _("Taken into use at once")
        APPROVE = "approve", _("Approved")
        REJECT = "reject", _("Rejected")
        ROLL_BACK = "roll_back", _("Rolled back to")
        UNDO = "undo", _("Undone")

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="decisions")
    vintage = models.ForeignKey(Vintage, on_delete=models.CASCADE, related_name="decisions")
    before = models.ForeignKey(Vintage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    undoes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by"
    )
    act = models.CharField(max_length=12, choices=Act.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    was = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created", "-id"]
        indexes = [models.Index(fields=["dataset", "-created"], name="decision_of_dataset")]

    def __str__(self) -> str:
        return self.act


class DropOff(Owned):
    """Files handed in together by one person: what the receipt is about."""

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=120, blank=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return str(self.created)


class DroppedFile(models.Model):
    """One file of a drop-off and what became of it."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting to be read")
        READ = "read", _("Read")
        SEEN = "seen", _("Handed in before")
        UNKNOWN = "unknown", _("Columns not recognised")
        REFUSED = "refused", _("Not accepted")
        FAILED = "failed", _("Reading failed")

    AGENCY_LOOKUP = "drop_off__agency_id"

    drop_off = models.ForeignKey(DropOff, on_delete=models.CASCADE, related_name="files")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    file = models.ForeignKey(
        "files.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    job = models.UUIDField(null=True, blank=True)
    vintage = models.ForeignKey(Vintage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["drop_off", "order"], name="dropped_file_order_once")]

    def __str__(self) -> str:
        return self.name


class ColumnMapping(Owned):
    """What an agency said about tables with these column names; used whenever such a table comes again.

    ``columns``: canonical field → column index; ``header`` the column names, ``header_row`` their record.
    """

    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    columns = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    header_row = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-updated"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "fingerprint"], name="one_mapping_per_header")
        ]

    def __str__(self) -> str:
        return self.kind
