"""The forms with which an officer sets a night: who goes out, what it looks at, and stops moved by hand."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import cells
from sunra.core.geo.errors import NotACell
from sunra.platform.base.errors import UserError
from sunra.systems.patrols.models import PlanTeam, Team
from sunra.systems.patrols.orders import FOCUS, SCHOOL_ROUTES, NightOrder, order_of, spots_of
from sunra.systems.patrols.texts import KINDS
from sunra.systems.risk.special_days import exam_days

DAYS_AHEAD, EXAM_SEASON = 14, 30
STAYS, KEPT, LEFT_OUT = "", "keep", "out"


def exam_season(day: dt.date) -> bool:
    """The weeks before the college entrance exam, when school routes are walked late."""
    return any(0 <= (exam - day).days <= EXAM_SEASON for exam in exam_days().days)


class NightForm(forms.Form):
    """A night to plan; sent empty it is tonight with every team, by the risk alone."""

    day = forms.DateField(
        label=_("Night"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    teams = forms.MultipleChoiceField(
        label=_("Teams on duty"), required=False, widget=forms.CheckboxSelectMultiple
    )
    focus = forms.MultipleChoiceField(
        label=_("What the night looks at besides the risk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(FOCUS.items()),
    )
    spots = forms.CharField(
        label=_("More places for this night"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: its national place number and a name, as in 다사 5444 4663 Festival."),
    )

    def __init__(self, *args: Any, today: dt.date, crews: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.all_teams = today, [str(team.id) for team in crews]
        self.fields["teams"].choices = [  # type: ignore[attr-defined]
            (str(team.id), f"{team.name} ({KINDS[team.kind]}, {team.shift_from:%H:%M})") for team in crews
        ]
        if not crews:
            del self.fields["teams"]
        self.initial = {
            "day": today,
            "teams": self.all_teams,
            "focus": [SCHOOL_ROUTES] if exam_season(today) else [],
            **self.initial,
        }

    def clean_day(self) -> dt.date:
        """Tonight or one of the coming nights."""
        day = self.cleaned_data.get("day") or self.today
        if not 0 <= (day - self.today).days <= DAYS_AHEAD:
            raise forms.ValidationError(
                _("A night can be planned from tonight to %(days)s days ahead.") % {"days": DAYS_AHEAD}
            )
        return day

    def clean_spots(self) -> Any:
        """The places as cells."""
        try:
            return spots_of(self.cleaned_data["spots"])
        except UserError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy}") from error

    def order(self) -> NightOrder:
        """What was set; all teams ticked, or none, is every team."""
        teams = self.cleaned_data.get("teams") or []
        return order_of(
            {
                "teams": sorted(teams) if set(teams) != set(self.all_teams) else [],
                "focus": self.cleaned_data["focus"],
                "spots": [[*cell, name] for cell, name in self.cleaned_data["spots"]],
            }
        )


class ChangeForm(forms.Form):
    """For each stop of a plan: as the search finds best, kept, given to another team, or left out."""

    number = forms.CharField(
        label=_("Add a stop"),
        required=False,
        max_length=20,
        help_text=_("Its national place number, as in 다사 5444 4663."),
    )
    team = forms.ChoiceField(label=_("for the team"), required=False)

    def __init__(self, *args: Any, teams: Sequence[PlanTeam], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = teams
        names = [(f"t{team.order}", team.name) for team in teams]
        self.fields["team"].choices = names  # type: ignore[attr-defined]
        choices = [(STAYS, _("as it fits best")), (KEPT, _("keep here")), (LEFT_OUT, _("leave out"))]
        for team in teams:
            others = [
                (key, _("give to %(team)s") % {"team": name}) for key, name in names if name != team.name
            ]
            for stop in team.stops.all():
                self.fields[f"stop-{stop.pk}"] = forms.ChoiceField(
                    label=f"{team.name} {stop.order + 1}: {stop.number}",
                    required=False,
                    choices=[*choices, *others],
                )

    def clean_number(self) -> tuple[int, int] | None:
        """The cell of the stop to add."""
        text = self.cleaned_data["number"].strip()
        if not text:
            return None
        try:
            return cells.parse_cell(text)
        except NotACell as error:
            raise forms.ValidationError(_("This is no national place number.")) from error

    def changed(self, before: NightOrder) -> NightOrder:
        """The order with these changes; what was set before stays set."""
        by_key = {f"t{team.order}": team.name for team in self.teams}
        kept = {name: list(given) for name, given in before.kept.items()}
        without = list(before.without)
        for team in self.teams:
            for stop in team.stops.all():
                cell, wish = (stop.cell_e, stop.cell_n), self.cleaned_data.get(f"stop-{stop.pk}") or STAYS
                if wish == STAYS:
                    continue
                for given in kept.values():
                    if cell in given:
                        given.remove(cell)
                if wish == LEFT_OUT:
                    without.append(cell)
                else:
                    kept.setdefault(team.name if wish == KEPT else by_key[wish], []).append(cell)
        if self.cleaned_data.get("number"):
            kept.setdefault(by_key[self.cleaned_data["team"]], []).append(self.cleaned_data["number"])
        plain = before.plain() | {
            "kept": {name: [list(cell) for cell in given] for name, given in kept.items()},
            "without": [list(cell) for cell in dict.fromkeys(without)],
        }
        return order_of(plain)
