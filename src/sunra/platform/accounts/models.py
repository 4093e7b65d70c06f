"""People, what they are to which agency and until when, invitations, and the keys of programs."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from sunra.platform.base.models import Owned


class Person(AbstractUser):
    """Somebody who signs in; what they may do comes from their memberships alone."""

    AGENCY_LOOKUP = "memberships__agency_id"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "username"]

    def __str__(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    """A person's role in an agency for a span of time: from ``valid_from`` until before ``valid_until``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["agency__name", "role"]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"


class Invitation(Owned):
    """An offer of a membership to an e-mail address; only the hash of its single-use token is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=40)
    member_until = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return str(self.id)


class MachineKey(Owned):
    """A program's key: agency-bound, limited to permissions, in time, and kept as a hash alone."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    permissions = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=600)
    per_day = models.PositiveIntegerField(default=100_000)
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name


class KeyUse(models.Model):
    """What a key did on one day in Seoul: calls answered, calls refused, and those of the latest minute."""

    AGENCY_LOOKUP = "key__agency_id"

    key = models.ForeignKey(MachineKey, on_delete=models.CASCADE, related_name="uses")
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    minute = models.PositiveIntegerField(default=0)
    in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_use_per_key_and_day")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.day}"
