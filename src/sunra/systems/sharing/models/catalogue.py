"""Datasets, their vintages, and every row that a vintage could not place."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sunra.platform.base.models import Owned


class Dataset(Owned):
    """A series of files of one kind that an agency keeps; narrowed to one district when ``district`` is
    set.
    """

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    district = models.CharField(max_length=5, blank=True)
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    fresh_days = models.PositiveIntegerField(default=365)
    alarmed = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "title", "district"],
                name="one_dataset_per_agency_kind_title_district",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Vintage(Owned):
    """One file as it came: its balance, what would be or is published of it, and by whom.

    ``table`` and ``rejects`` name Parquet files under the home folder (relative), with their digests: what
    is published, exactly, and every row put aside. ``changes`` compares with ``compared``, the vintage in
    use when this one came.

    Of most datasets one vintage is in use. Events are different: a vintage covers the days ``since`` to
    ``until`` (``span_by`` says how we know), and several are in use side by side, each for its days;
    ``taken`` is when it was last taken into use, which decides a day that two cover. ``part`` tells apart
    what is in use at once: the period, or the file's name when one folder brought a series in several files.
    """

    class SpanBy(models.TextChoices):
        """How the period of a vintage is known."""

        NAME = "name", _("named by the file")
        ROWS = "rows", _("first and last day of the rows")

    class State(models.TextChoices):
        """Where a vintage stands; of one part of a dataset one at most is published."""

        DRAFT = "draft", _("Waiting for approval")
        PUBLISHED = "published", pgettext_lazy("vintage", "In use")
        SUPERSEDED = "superseded", _("Replaced")
        REJECTED = "rejected", _("Rejected")
        ROLLED_BACK = "rolled_back", _("Rolled back")
        UNUSABLE = "unusable", _("No usable row")

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="vintages")
    file = models.ForeignKey(
        "files.StoredFile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    reader = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    encoding = models.CharField(max_length=40, blank=True)
    crs = models.PositiveIntegerField(null=True, blank=True)
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    merged = models.PositiveIntegerField()
    quarantined = models.PositiveIntegerField()
    published = models.PositiveIntegerField(default=0)
    elsewhere = models.PositiveIntegerField(default=0)
    withheld = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(null=True, blank=True)
    reasons = models.JSONField(default=dict)
    placed = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    counts = models.JSONField(default=list)
    reference_date = models.DateField(null=True, blank=True)
    imported_by = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PUBLISHED)
    table = models.CharField(max_length=200, blank=True)
    table_sha256 = models.CharField(max_length=64, blank=True)
    rejects = models.CharField(max_length=200, blank=True)
    rejects_sha256 = models.CharField(max_length=64, blank=True)
    compared = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changes = models.JSONField(default=dict)
    part = models.CharField(max_length=255, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    span_by = models.CharField(max_length=10, choices=SpanBy.choices, blank=True)
    taken = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows=F("accepted") + F("merged") + F("quarantined")), name="vintage_rows_balance"
            ),
            models.CheckConstraint(
                condition=Q(accepted__gte=F("published") + F("elsewhere") + F("withheld")),
                name="vintage_published_within_accepted",
            ),
            models.UniqueConstraint(
                fields=["dataset", "sha256", "reader"], name="one_vintage_per_file_and_reader"
            ),
            models.UniqueConstraint(
                fields=["dataset", "part"],
                condition=Q(state="published"),
                name="one_vintage_in_use_per_dataset_part",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True, until__isnull=True) | Q(until__gte=F("since")),
                name="vintage_period_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class QuarantinedRow(models.Model):
    """A row that was put aside: where it stands in the file, why, and what mends it;
    never a personal column.
    """

    vintage = models.ForeignKey(Vintage, on_delete=models.CASCADE, related_name="quarantine")
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=60)
    value = models.CharField(max_length=120, blank=True)
    remedy = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["vintage", "reason"])]

    def __str__(self) -> str:
        return f"{self.line} {self.reason}"
