"""What the page of runs can be narrowed by."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sunra.platform.runs.models import Run
from sunra.platform.runs.texts import engine_of


class FilterForm(forms.Form):
    """State and engine."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Run.State.choices])
    engine = forms.ChoiceField(label=_("Engine"), required=False)

    def __init__(self, *args: Any, places: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["engine"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [("", _("All")), *((place, engine_of(place)) for place in places)]

    def narrow(self, rows: QuerySet[Run]) -> QuerySet[Run]:
        """The rows that pass the valid fields."""
        chosen = {key: value for key, value in self.cleaned_data.items() if value}
        return rows.filter(**chosen)
