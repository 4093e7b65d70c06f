"""The forms of equipment."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sunra.systems.patrols.models import Gear, GearIssue
from sunra.systems.patrols.people_forms import day_field
from sunra.systems.patrols.selectors.equipment import Holder
from sunra.systems.patrols.services.equipment import MOST, Thing
from sunra.systems.patrols.texts import GEAR_KINDS

_FIELDS = ("kind", "name", "size", "serial", "quantity", "expires", "inspect_by")


class GearForm(forms.Form):
    """A thing with its number, or how many there are of it."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(GEAR_KINDS.items()))
    name = forms.CharField(label=gettext_lazy("Name or model"), max_length=80)
    size = forms.CharField(label=gettext_lazy("Size"), max_length=20, required=False)
    serial = forms.CharField(
        label=gettext_lazy("Serial number"), max_length=60, required=False,
        help_text=gettext_lazy("With one it is a single thing. Empty: counted."),
    )  # fmt: skip
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=MOST, initial=1)
    expires = day_field(gettext_lazy("Can be used until"))
    inspect_by = day_field(gettext_lazy("Inspection due"))

    def thing(self) -> Thing:
        """What was given."""
        return Thing(**self.cleaned_data)

    @staticmethod
    def of(row: Gear) -> dict[str, Any]:
        """What stands in the form at first."""
        return {name: getattr(row, name) for name in _FIELDS}


class IssueForm(forms.Form):
    """To whom, how many, until when."""

    to = forms.ChoiceField(label=gettext_lazy("Team or group"))
    quantity = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=MOST, initial=1)
    due = day_field(gettext_lazy("Comes back by"))

    def __init__(self, *args: Any, holders: Iterable[Holder], single: bool, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "issue_%s"} | kwargs))
        self.fields["to"].choices = [(one.code, one.name) for one in holders]  # type: ignore[attr-defined]
        if single:
            del self.fields["quantity"]


class ReturnForm(forms.Form):
    """What came back of what is out."""

    back = forms.IntegerField(label=gettext_lazy("Came back"), min_value=0, max_value=MOST)
    lost = forms.IntegerField(label=gettext_lazy("Lost or broken"), min_value=0, max_value=MOST, initial=0)

    def __init__(self, *args: Any, issue: GearIssue, **kwargs: Any) -> None:
        waits = issue.quantity - issue.back - issue.lost
        super().__init__(
            *args, **({"auto_id": f"back_{issue.pk}_%s", "initial": {"back": waits, "lost": 0}} | kwargs)
        )


class CheckForm(forms.Form):
    """An inspection."""

    on = day_field(gettext_lazy("Inspected on"), required=True)
    passed = forms.ChoiceField(
        label=gettext_lazy("Result"),
        choices=[("yes", gettext_lazy("Fit for use")), ("no", gettext_lazy("Not fit: out of use"))],
    )
    next_due = day_field(gettext_lazy("Next inspection"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "check_%s"} | kwargs))
