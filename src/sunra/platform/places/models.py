"""What lies where: published facilities, streets, areas and events, and the codes of the 법정동.

Rows are published by source and replaced as a whole; they name places, never persons. Every row carries
its national 100 m cell as two integers (EPSG:5179 metres // 100), so that a box query is two ranges on any
database.
"""

from django.db import models
from django.db.models import Q

from sunra.platform.places.families import WITHHELD


class Place(models.Model):
    """What every published row has: whose it is, from which source, where it lies.

    ``lon``/``lat`` are WGS 84 degrees and absent when only the 법정동 is known; ``key`` is unique within a
    source; ``digest`` tells without reading the row whether its content changed.
    """

    id = models.BigAutoField(primary_key=True)
    # The unique key begins with the agency: an index of its own would only slow publishing.
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=200)
    vintage = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    cell_e = models.IntegerField(null=True)
    cell_n = models.IntegerField(null=True)
    dong = models.CharField(max_length=10, blank=True)
    count = models.PositiveIntegerField(default=1)
    attrs = models.JSONField(default=dict)
    demo = models.BooleanField(default=False)
    digest = models.BigIntegerField(default=0)
    published = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["agency", "source", "kind", "key"], name="%(class)s_key_once"),
        ]
        indexes = [
            models.Index(fields=["cell_e", "cell_n"], name="%(class)s_cell"),
            models.Index(fields=["dong", "kind"], name="%(class)s_dong"),
            models.Index(fields=["source", "id"], name="%(class)s_page"),
            models.Index(fields=["source", "cell_e", "cell_n", "lon", "lat"], name="%(class)s_source_cell"),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class Shape(Place):
    """A place with an outline; ``lon``/``lat`` are a point of it, the box (cells, inclusive) holds it all."""

    geometry = models.JSONField()
    e_min = models.IntegerField()
    e_max = models.IntegerField()
    n_min = models.IntegerField()
    n_max = models.IntegerField()

    class Meta(Place.Meta):
        abstract = True


class Facility(Place):
    """Something that stands at a point: a camera, a light, a bell, a police office; ``count`` units of it."""

    class Meta(Place.Meta):
        verbose_name_plural = "facilities"


class Street(Shape):
    """A piece of street; ``geometry`` is a GeoJSON LineString's coordinates, ``level`` its road class."""

    level = models.CharField(max_length=40, blank=True)

    class Meta(Shape.Meta):
        pass


class Area(Shape):
    """A surface; ``geometry`` is a whole GeoJSON Polygon or MultiPolygon."""

    class Meta(Shape.Meta):
        pass


class PlaceEvent(Place):
    """Something that happened at a place between two moments; no family that points at a home."""

    family = models.CharField(max_length=40)
    category = models.CharField(max_length=100, blank=True)
    time_from = models.DateTimeField()
    time_to = models.DateTimeField(null=True)
    weight = models.FloatField(default=1.0)

    class Meta(Place.Meta):
        indexes = [
            *Place.Meta.indexes[:2],  # events leave as figures alone, never row by row
            models.Index(fields=["family", "time_from"], name="%(class)s_time"),
        ]
        constraints = [
            *Place.Meta.constraints,
            models.CheckConstraint(condition=~Q(family__in=WITHHELD), name="placeevent_family_may_be_mapped"),
        ]


class LegalDong(models.Model):
    """A 법정동, with the days between which its code was in force (``valid_from`` empty: since ever)."""

    code = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    full_name = models.CharField(max_length=120)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code"], name="dong_code_once")]
        verbose_name_plural = "legal dongs"

    def __str__(self) -> str:
        return self.full_name


class Crosswalk(models.Model):
    """An old 법정동 code and one of the codes that took its place."""

    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="dong_crosswalk_once")]
        verbose_name_plural = "crosswalk"

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
