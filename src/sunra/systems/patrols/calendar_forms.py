"""The form of an entry in the calendar."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.systems.patrols.models import CalendarDay
from sunra.systems.patrols.people_forms import day_field
from sunra.systems.patrols.services.calendar import Words
from sunra.systems.patrols.texts import DAY_KINDS


def _clock(label: Any, help_text: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, help_text=help_text)


class DayForm(forms.Form):
    """What, when and where; times left empty mean whole days."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(DAY_KINDS.items()))
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=120, help_text=gettext_lazy("Write no person's name.")
    )
    first = day_field(gettext_lazy("First day"), required=True)
    last = day_field(gettext_lazy("Last day"), help_text=gettext_lazy("Empty: one day."))
    since = _clock(gettext_lazy("Begins at"), gettext_lazy("Empty: the whole day."))
    until = _clock(gettext_lazy("Ends at"), gettext_lazy("Earlier than the begin means the next day."))
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    place = forms.CharField(label=gettext_lazy("Where to meet"), max_length=120, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, actor: Actor, row: CalendarDay | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = {code[:5] for code in actor.dongs} | ({row.district} if row and row.district else set())
        named = [(code, districts().district(code).full_name) for code in sorted(codes)]
        self.fields["district"].choices = [("", "–"), *named]  # type: ignore[attr-defined]
        if row is not None:
            self.initial = _initial(row)

    def clean(self) -> dict[str, Any]:
        """Days and times that fit each other."""
        given = super().clean() or {}
        if not self.errors:
            try:
                self.words().times()
            except UserError as error:
                wrong = "until" if given.get("since") or given.get("until") else "last"
                self.add_error(wrong, f"{error.message} {error.remedy}")
        return given

    def clean_title(self) -> str:
        """More than blanks."""
        title = str(self.cleaned_data["title"])
        if not any(letter.isprintable() and not letter.isspace() for letter in title):
            raise forms.ValidationError(_("Give the entry a title."))
        return title

    def words(self) -> Words:
        """What was given."""
        given = self.cleaned_data
        return Words(**{**given, "last": given["last"] or given["first"]})


def _initial(row: CalendarDay) -> dict[str, Any]:
    starts, ends = row.starts.astimezone(SEOUL), row.ends.astimezone(SEOUL)
    last = (ends - dt.timedelta(days=1) if row.all_day else ends).date()
    return {
        "kind": row.kind, "title": row.title, "first": starts.date(), "last": last,
        "since": None if row.all_day else starts.time(), "until": None if row.all_day else ends.time(),
        "district": row.district, "place": row.place, "note": row.note,
    }  # fmt: skip
