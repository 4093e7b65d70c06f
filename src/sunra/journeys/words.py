"""The night's result in words: the balance of the files, what is wrong with them, risk, plan, exports."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sunra.systems.patrols.texts import BRIEF
from sunra.systems.risk.texts import NO_GROUND, NO_LOCAL_EVENTS
from sunra.systems.sharing.texts import kind


def in_words(answer: dict[str, Any]) -> str:
    """The JSON answer of ``tonight`` for people."""
    risk, plan = answer["risk"], answer["plan"]
    lines = [f"{answer['district']}  {answer['day']}"]
    if answer["demo"]:
        lines.append(str(BRIEF["demo"]))
    lines += [balance(one) for one in answer["files"]]
    lines.append(
        _("Risk: %(cells)s cells × %(slots)s slots") % {"cells": risk["cells"], "slots": risk["slots"]}
    )
    if risk["event_source"] != "events":
        lines.append(str(NO_LOCAL_EVENTS))
    lines.append(_("Patrol plan"))
    if plan["distance_source"] != "streets":
        lines.append(str(BRIEF["straight"]))
    if plan["teams_source"] == "default":
        lines.append(str(BRIEF["assumed_teams"]))
    lines += [
        "  "
        + _("%(team)s: %(stops)s stops, %(minutes)s min, %(km).1f km")
        % {"team": one["team"], "stops": one["stops"], "minutes": one["minutes"], "km": one["metres"] / 1000}
        for one in plan["teams"]
    ]
    lines += [f"{name}: {path}" for name, path in answer["exports"].items()]
    return "\n".join([*lines, str(NO_GROUND), _("%(seconds)s s") % {"seconds": answer["seconds"]}])


def balance(one: dict[str, Any]) -> str:
    """One file's rows: in = accepted + merged + put aside."""
    text = _("%(rows)s rows = %(accepted)s accepted + %(merged)s merged + %(quarantined)s put aside") % one
    if one["elsewhere"]:
        text += ", " + _("%(elsewhere)s lying elsewhere") % one
    return f"{one['file']} ({kind(one['kind'])}): {text}"


def problems(answer: dict[str, Any]) -> list[str]:
    """A line for each reason why rows or a whole file are not used: file, row, field, why, and what to do."""
    return [
        f"{one['file']}{_place(problem)}: {problem['message']}{_times(problem)} → {problem['remedy']}"
        for one in answer["files"]
        for problem in one["problems"]
    ]


def _place(problem: dict[str, Any]) -> str:
    row = _("row %(line)s") % problem if problem["line"] else ""
    return "".join(f" · {part}" for part in (row, problem["field"]) if part)


def _times(problem: dict[str, Any]) -> str:
    count = problem["count"]
    said = ngettext("%(count)s such row", "%(count)s such rows", count) % {"count": count}
    return f" ({said})" if count > 1 else ""
