"""제공 협약: who may read which dataset of whom, why, on what ground, which fields, how long; and its use."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.models import Identified, Owned


class Agreement(Owned):
    """One dataset for one receiver and one purpose; ``agency`` is the owner, who decides.

    ``role`` narrows to one role of the receiving agency ("" = whoever may read shared data there).
    ``starts`` and ``ends`` are days in Seoul, both included; expiry is read from them, never stored.
    """

    class Kind(models.TextChoices):
        """Why data is shared."""

        DUTY = "duty", _("Official duty")
        RESEARCH = "research", _("Research")

    class State(models.TextChoices):
        """Where the request stands."""

        REQUESTED = "requested", _("requested")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REVOKED = "revoked", _("revoked")

    dataset = models.ForeignKey("sharing.Dataset", on_delete=models.PROTECT, related_name="agreements")
    receiver = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DUTY)
    purpose = models.CharField(max_length=300)
    basis = models.CharField(max_length=200)
    fields = models.JSONField(default=list)
    starts = models.DateField()
    ends = models.DateField()
    ethics_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    due = models.DateField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(max_length=2_000, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(max_length=2_000, blank=True)
    reminded = models.BooleanField(default=False)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="agreement_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(kind="research") | ~Q(ethics_number=""), name="agreement_research_has_ethics"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"]) | ~Q(reasons=""),
                name="agreement_decision_has_reasons",
            ),
            models.CheckConstraint(
                condition=~Q(state="revoked") | ~Q(end_reason=""), name="agreement_revocation_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["receiver", "state"], name="agreement_receiver_state")]

    def __str__(self) -> str:
        return str(self.id)[:8]


class Use(Identified):
    """One use of an agreement as its owner sees it; the ledger has the same act, with who it was.

    The user is here by agency, role and the ledger's opaque id alone: the owner learns which office used
    what, the ledger's auditor which person.
    """

    AGENCY_LOOKUP = "agreement__agency_id"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="uses")
    at = models.DateTimeField()
    act = models.CharField(max_length=16)
    user = models.CharField(max_length=64)
    role = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    fields = models.JSONField(default=list)
    rows = models.PositiveIntegerField(null=True, blank=True)
    record = models.CharField(max_length=40)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.act}"
