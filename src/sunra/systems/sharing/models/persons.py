"""What an officer decided about columns of persons in a file that arrives."""

from django.conf import settings
from django.db import models

from sunra.platform.base.models import Owned


class PersonRule(Owned):
    """How the person columns of files of one title are treated: column → "drop", "pseudonym", "cell", "keep".

    "keep" says that the column was looked at and names no person (a place's name, an office's telephone).
    """

    title = models.CharField(max_length=200)
    columns = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["agency", "title"], name="one_person_rule_per_title")]

    def __str__(self) -> str:
        return self.title


class Screening(Owned):
    """What was found in one arrived file: columns and kinds of persons' data with shares, never a value."""

    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    findings = models.JSONField(default=list)
    treated = models.JSONField(default=dict)
    refused = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "title", "sha256"], name="one_screening_per_file")
        ]

    def __str__(self) -> str:
        return self.file_name
