"""The forms of members."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.systems.patrols import availability
from sunra.systems.patrols.models import Organisation, TrainingKind
from sunra.systems.patrols.sealed import Details
from sunra.systems.patrols.selectors.people import Seen
from sunra.systems.patrols.services.people import Record
from sunra.systems.patrols.texts import ROLES, STANDINGS, TRAININGS


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A day, with the browser's calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class MemberForm(forms.Form):
    """Who a member is, what holds until when, and when the member can come."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    telephone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    languages = forms.CharField(
        label=gettext_lazy("Languages"), max_length=200, required=False,
        help_text=gettext_lazy("Apart by commas."),
    )  # fmt: skip
    joined = day_field(gettext_lazy("Joined"))
    insured_until = day_field(gettext_lazy("Insured until"))
    hours = forms.CharField(
        label=gettext_lazy("Can come"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Weekdays and hours, one line each, as in mon-fri 20-24 or sat,sun 19-02."),
    )  # fmt: skip

    account = forms.CharField(
        label=gettext_lazy("Sign-in name"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("If the member has an account: an examiner never scores their own dog."),
    )  # fmt: skip

    def __init__(self, *args: Any, seen: Seen | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = seen.details.role if seen else "member"
        roles = ROLES if role in ROLES or not role else {**ROLES, role: role}
        self.fields["role"].choices = list(roles.items())  # type: ignore[attr-defined]
        for kind in TrainingKind.values:
            label = _("%(training)s valid until") % {"training": TRAININGS[kind]}
            self.fields[f"training_{kind}"] = day_field(label)
        self.initial = {**(_initial(seen) if seen else {"role": role}), **self.initial}

    def clean_hours(self) -> availability.Hours:
        """The lines as hours."""
        try:
            return availability.parse(self.cleaned_data["hours"])
        except ValueError as error:
            said = _("This line cannot be read: %(line)s") % {"line": error.args[0]}
            raise forms.ValidationError(said) from error

    def details(self) -> Details:
        """Who the member is."""
        given = self.cleaned_data
        words = tuple(word.strip() for word in given["languages"].split(",") if word.strip())
        return Details(given["name"].strip(), given["telephone"].strip(), given["role"], words)

    def kept(self) -> Record:
        """What is kept beside it."""
        given = self.cleaned_data
        trainings = {kind: given[f"training_{kind}"] for kind in TrainingKind.values}
        return Record(
            given["joined"], given["insured_until"], given["hours"], trainings, given["account"].strip()
        )


def _initial(seen: Seen) -> dict[str, Any]:
    member, who = seen.member, seen.details
    trainings = {f"training_{one.kind}": one.valid_until for one in member.trainings.all()}
    return trainings | {
        "name": who.name, "telephone": who.telephone, "role": who.role, "languages": ", ".join(who.languages),
        "joined": member.joined, "insured_until": member.insured_until,
        "hours": availability.show(member.hours), "account": member.person.username if member.person else "",
    }  # fmt: skip


class NewMemberForm(MemberForm):
    """A member to take on: the organisation and the number in its list first."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"))
    key = forms.CharField(
        label=gettext_lazy("Member number"), max_length=60,
        help_text=gettext_lazy("As in the organisation's list; no name."),
    )  # fmt: skip
    field_order = ("organisation", "key")

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(str(one.pk), one.name) for one in organisations]  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """The next step on a track: which, when, and who decided."""

    track = forms.CharField(widget=forms.HiddenInput)
    standing = forms.ChoiceField(label=gettext_lazy("What was decided"))
    on = day_field(gettext_lazy("Decided on"), required=True)
    decided_by = forms.CharField(
        label=gettext_lazy("Decided by"), max_length=80,
        help_text=gettext_lazy("The office that decided, not a person's name."),
    )  # fmt: skip

    def __init__(self, *args: Any, track: str, steps: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": f"{track}_%s"} | kwargs))
        self.matter = track
        self.fields["track"].initial = track
        self.fields["standing"].choices = [(one, STANDINGS[track][one]) for one in steps]  # type: ignore[attr-defined]
