"""Forms that several systems use."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Asked before a dangerous step: the reason, which the ledger keeps, and not "are you sure"."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "At least five characters. It is kept in the record of looks and changes; write no names."
        ),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
