"""What statistics left the house: later ones are checked jointly with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.models import Owned


class Release(Owned):
    """One published table of counts.

    ``cells`` holds a row per cell: the values of ``dims`` (null = total), then the true count, then 1 when
    it was hidden. A refused release published nothing and takes no part in later checks.
    """

    class State(models.TextChoices):
        """What became of the table."""

        PUBLISHED = "published", _("published")
        REFUSED = "refused", _("refused")

    subject = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    dims = models.JSONField()
    cells = models.JSONField()
    digest = models.CharField(max_length=64)
    threshold = models.PositiveSmallIntegerField()
    total = models.BigIntegerField()
    size = models.PositiveIntegerField()
    hidden = models.PositiveIntegerField()
    primary = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PUBLISHED)
    seconds = models.FloatField(default=0)
    released_by = models.CharField(max_length=64)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "subject", "digest", "threshold"], name="one_release_per_content"
            )
        ]
        indexes = [models.Index(fields=["agency", "subject"], name="release_agency_subject")]

    def __str__(self) -> str:
        return self.title
