"""What people fill in about agencies."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.agencies.services import Draft


class AgencyForm(forms.Form):
    """One agency and its jurisdiction."""

    name = forms.CharField(label=_("Name"), max_length=120)
    type = forms.ModelChoiceField(label=_("Type"), queryset=AgencyType.objects.none())
    parent = forms.ChoiceField(label=_("Agency above"), required=False)
    code = forms.CharField(
        label=_("Agency code"), required=False, max_length=7, help_text=_("Seven digits, or empty.")
    )
    police_code = forms.CharField(label=_("Police code"), required=False, max_length=12)
    district = forms.CharField(
        label=_("District code"), required=False, max_length=5, help_text=_("Five digits, for example 11290.")
    )
    jurisdiction = forms.CharField(
        label=_("Jurisdiction"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Codes of 법정동 (ten digits) or whole districts (five), parted by spaces."),
    )
    active = forms.BooleanField(
        label=_("Active"),
        required=False,
        initial=True,
        help_text=_("People of a closed agency have no access."),
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=200)

    def __init__(self, *args: Any, parents: list[tuple[int, Agency]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = AgencyType.objects.all()  # type: ignore[attr-defined]
        choices = [(str(row.id), "\u3000" * depth + row.name) for depth, row in parents]
        self.fields["parent"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """What was filled in."""
        data = self.cleaned_data
        return Draft(
            name=data["name"],
            type=data["type"].pk,
            parent_id=UUID(data["parent"]) if data["parent"] else None,
            code=data["code"],
            police_code=data["police_code"],
            district=data["district"],
            active=data["active"],
        )


class FileForm(forms.Form):
    """The file to import."""

    file = forms.FileField(label=_("CSV file"), help_text=_("UTF-8 or EUC-KR, at most one megabyte."))


class TypeForm(forms.Form):
    """A further kind of institution."""

    code = forms.SlugField(label=_("Code"), max_length=40, help_text=_("Latin letters, digits, - and _."))
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
