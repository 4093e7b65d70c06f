"""Agencies: a tree of institutions, and the 법정동 each is responsible for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from sunra.platform.base.models import Identified


class AgencyType(models.Model):
    """A kind of institution; data, so that a province can add its own."""

    code = models.SlugField(primary_key=True, max_length=40)
    name_ko = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "ko").startswith("en") else self.name_ko


class Agency(Identified):
    """One institution in the tree."""

    AGENCY_LOOKUP = "id"

    code = models.CharField(max_length=7, unique=True, null=True, blank=True)
    police_code = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=120)
    type = models.ForeignKey(AgencyType, on_delete=models.PROTECT, related_name="agencies")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    district = models.CharField(max_length=5, blank=True)
    active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(
                fields=["police_code"], condition=~Q(police_code=""), name="police_code_names_one_agency"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Jurisdiction(models.Model):
    """One 법정동 (10 digits) that an agency is responsible for; need not follow the tree."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="jurisdiction")
    dong = models.CharField(max_length=10, db_index=True)

    class Meta:
        ordering = ["dong"]
        constraints = [models.UniqueConstraint(fields=["agency", "dong"], name="one_dong_once_per_agency")]

    def __str__(self) -> str:
        return self.dong
