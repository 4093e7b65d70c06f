"""What people fill in about people, invitations and keys."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.words import PERMISSIONS
from sunra.platform.agencies.models import Agency
from sunra.platform.base.roles import ROLES
from sunra.platform.base.time import SEOUL, seoul_today

_password_help = lazy(password_validators_help_text_html, str, SafeString)


def _day(label: Any, *, required: bool, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def end_of(day: Any) -> datetime | None:
    """The last moment of a day in Seoul, None for no day."""
    return datetime.combine(day, time(23, 59, 59), SEOUL) if day else None


class _Reasoned(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=200,
        help_text=_("It is kept in the record; write no names."),
    )


class _WithRole(forms.Form):
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The first choice is none: a quick hand must not make an administrator.
        choices = [("", "---------"), *((code, ROLES[code].name) for code in roles)]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class InviteForm(_WithRole):
    """Whom to invite, as what, until when."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.none())
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Empty for members without one: you get an address to print or show."),
    )
    by_hand = forms.BooleanField(label=_("Hand the address over myself, send no e-mail"), required=False)
    until = _day(_("Member until"), required=False, help_text=_("Empty: without end."))
    field_order = ("agency", "email", "by_hand", "role", "until")

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]

    def clean_until(self) -> Any:
        """A day to come."""
        day = self.cleaned_data["until"]
        if day and day < seoul_today():
            raise forms.ValidationError(_("This day has passed."))
        return day


class MembershipForm(_WithRole, _Reasoned):
    """A membership's role and end."""

    until = _day(_("Member until"), required=False, help_text=_("Empty: without end."))
    field_order = ("role", "until", "reason")


class ReasonForm(_Reasoned):
    """The reason for a step that takes something away."""


class JoinForm(forms.Form):
    """What the invited fill in."""

    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_password_help(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords alike."""
        data = super().clean() or {}
        if data.get("password") != data.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return data


class JoinByNameForm(JoinForm):
    """The same for somebody without an e-mail address, who chooses a sign-in name."""

    username = forms.CharField(
        label=_("Sign-in name"),
        min_length=4,
        max_length=30,
        help_text=_("Letters and figures, for example 010 and your number."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    field_order = ("username", "name", "password", "again")


class KeyForm(forms.Form):
    """A key for a program."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.none())
    name = forms.CharField(label=_("Name of the program"), max_length=80)
    permissions = forms.MultipleChoiceField(label=_("Permissions"), widget=forms.CheckboxSelectMultiple)
    expires = _day(_("Valid until"), required=True)

    def __init__(self, *args: Any, agencies: Any, permissions: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        choices = [(name, PERMISSIONS.get(name, name)) for name in permissions]
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]


class QuotaForm(_Reasoned):
    """How often a program may call."""

    per_minute = forms.IntegerField(label=_("Calls a minute"), min_value=1)
    per_day = forms.IntegerField(
        label=_("Calls a day"), min_value=1, help_text=_("The day ends at midnight in Seoul.")
    )
    field_order = ("per_minute", "per_day", "reason")
