"""The forms of dog squads."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sunra.systems.patrols.models import Organisation
from sunra.systems.patrols.models.dogs import MOST_POINTS
from sunra.systems.patrols.people_forms import day_field
from sunra.systems.patrols.sealed import Dog
from sunra.systems.patrols.texts import DOG_ITEMS, DOG_STEPS


class PapersForm(forms.Form):
    """Which dog it is, and until when its papers hold."""

    name = forms.CharField(label=gettext_lazy("The dog's name"), max_length=40)
    number = forms.CharField(
        label=gettext_lazy("Registration number"), max_length=20,
        help_text=gettext_lazy("15 digits of the animal registration."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    vaccinated_until = day_field(gettext_lazy("Vaccinated until"))
    liability_until = day_field(gettext_lazy("Liability cover until"))

    def dog(self) -> Dog:
        """The dog; spaces and hyphens in the number do not count."""
        number = self.cleaned_data["number"].replace(" ", "").replace("-", "")
        return Dog(self.cleaned_data["name"].strip(), number)


class ApplyForm(PapersForm):
    """An application: the handler is named by the number in the organisation's list."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"))
    handler = forms.CharField(
        label=gettext_lazy("The handler's number"), max_length=60,
        help_text=gettext_lazy("As in the organisation's list; no name."),
    )  # fmt: skip
    field_order = ("organisation", "handler")

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(str(one.pk), one.name) for one in organisations]  # type: ignore[attr-defined]


class ScoreForm(forms.Form):
    """Points for the three items of the field test."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "score_%s"} | kwargs))
        for code, label in DOG_ITEMS.items():
            self.fields[code] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_POINTS, help_text=gettext_lazy("0 to 10 points.")
            )


class DogStepForm(forms.Form):
    """What the office decided, when, and who."""

    stage = forms.ChoiceField(label=gettext_lazy("What was decided"))
    on = day_field(gettext_lazy("Decided on"), required=True)
    decided_by = forms.CharField(
        label=gettext_lazy("Decided by"), max_length=80,
        help_text=gettext_lazy("The office that decided, not a person's name."),
    )  # fmt: skip

    def __init__(self, *args: Any, steps: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": "step_%s"} | kwargs))
        self.fields["stage"].choices = [(one, DOG_STEPS[one]) for one in steps]  # type: ignore[attr-defined]


class RulesForm(forms.Form):
    """What the agency asks of dogs."""

    pass_mark = forms.IntegerField(
        label=gettext_lazy("Points to pass, of 30"), min_value=3, max_value=30,
        help_text=gettext_lazy("The average of both examiners. An item with 0 points always fails."),
    )  # fmt: skip
    renew_months = forms.IntegerField(
        label=gettext_lazy("Months until a renewal is due"), min_value=1, max_value=36
    )
