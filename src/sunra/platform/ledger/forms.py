"""The form of the search page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sunra.platform.ledger.acts import Act
from sunra.platform.ledger.selectors import Filters


class SearchForm(forms.Form):
    """Filters, and the purpose without which nothing is shown."""

    purpose = forms.CharField(
        label=_("Purpose of this look"),
        max_length=200,
        help_text=_("Your own look is recorded with this purpose."),
    )
    act = forms.ChoiceField(label=_("Act"), required=False, choices=[("", _("All")), *Act.choices])
    actor_id = forms.CharField(label=_("Who (id)"), required=False, max_length=64)
    subject = forms.CharField(label=_("Kind of data (begins with)"), required=False, max_length=80)
    ref = forms.CharField(label=_("Row (id)"), required=False, max_length=200)
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """The days must be in order."""
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day lies before the first one."))
        return data

    def filters(self) -> Filters:
        """What is searched for; after validation."""
        names = ("actor_id", "act", "subject", "ref", "since", "until")
        return Filters(**{name: self.cleaned_data[name] for name in names})
