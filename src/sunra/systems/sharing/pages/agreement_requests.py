"""Asking another agency for its data, and deciding what another agency asks for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.accounts.roles import ROLES
from sunra.platform.base.errors import Text, UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.sharing import agreement_texts as words
from sunra.systems.sharing import texts
from sunra.systems.sharing.models import Agreement, Dataset
from sunra.systems.sharing.rules import DECIDE_AGREEMENT, REQUEST_AGREEMENT
from sunra.systems.sharing.selectors import agreements as selectors
from sunra.systems.sharing.services import agreements as services


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Text]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class AskForm(forms.Form):
    """What is asked for."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of request"), choices=Agreement.Kind.choices)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=300,
        help_text=gettext_lazy("One sentence: what it is needed for. Every reading is held against it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        max_length=200,
        help_text=gettext_lazy("Law and article, for example Data-Based Administration Act, article 8."),
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Fields"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only what the purpose needs. Research never gets names and addresses."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Who may read"),
        required=False,
        help_text=gettext_lazy("One role of your agency, or everybody there who may read shared data."),
    )
    starts = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    ethics_number = forms.CharField(
        label=gettext_lazy("Ethics review number (IRB)"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only for research, and there required."),
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = dict.fromkeys(
            [*selectors.fields_of(dataset), *selectors.fields_of(dataset, research=True)], None
        )
        _offer(self, "columns", [(name, words.field(name)) for name in offered])
        readers = [(role, ROLES[role].name) for role in words.READERS]
        _offer(self, "role", [("", _("Everybody who may read shared data")), *readers])
        self.initial.setdefault("starts", seoul_today())
        self.initial.setdefault("ends", seoul_today() + timedelta(days=365))


@allow(GET=REQUEST_AGREEMENT, POST=REQUEST_AGREEMENT)
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a dataset of another agency, then say what for."""
    actor = actor_of(request)
    chosen = request.GET.get("dataset", "")
    if not chosen:
        return _choose(request, actor)
    try:
        dataset = selectors.requestable(actor).filter(id=UUID(chosen)).first()
    except ValueError:
        dataset = None
    if dataset is None:
        raise Http404("not found")
    form = AskForm(request.POST or None, dataset=dataset)
    if request.method == "POST" and form.is_valid():
        try:
            found = services.request(actor=actor, terms=_terms(dataset, form.cleaned_data))
        except UserError as error:
            _blame(form, error)
        else:
            messages.success(request, _("The request was sent. The owner decides with reasons."))
            return redirect("sharing:agreement", found.id)
    context = {"form": form, "dataset": dataset, "kind": texts.kind(dataset.kind)}
    return render(request, "sharing/agreements_ask.html", context, status=400 if form.errors else 200)


def _choose(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = selectors.requestable(actor)
    kinds = sorted(set(rows.values_list("kind", flat=True)))
    table = Table(
        columns=[
            Column(
                "title",
                gettext_lazy("Dataset"),
                link=lambda row: f"{reverse('sharing:agreements_ask')}?dataset={row.id}",
            ),
            Column("kind", gettext_lazy("Kind"), format=texts.kind),
            Column("agency.name", gettext_lazy("Agency")),
        ],
        rows=rows,
        request=request,
        name="requestable",
        caption=_("Datasets of other agencies"),
        filters=[
            Filter("title", gettext_lazy("Title")),
            Filter("kind", gettext_lazy("Kind"), [(kind, texts.kind(kind)) for kind in kinds]),
        ],
        export=False,
        empty_title=_("No other agency holds data here yet"),
    )
    return table.response() or render(request, "sharing/agreements_choose.html", {"table": table})


def _terms(dataset: Dataset, given: dict[str, Any]) -> services.Terms:
    names = ("purpose", "basis", "starts", "ends", "kind", "role", "ethics_number")
    return services.Terms(
        dataset_id=dataset.id, fields=tuple(given["columns"]), **{name: given[name] for name in names}
    )


def _blame(form: forms.Form, error: UserError) -> None:
    """Put an error beside its field."""
    named = {"fields": "columns"}.get(error.where[0], error.where[0]) if error.where else ""
    field = named if named in form.fields else None
    form.add_error(field, " ".join(str(part) for part in (error.message, error.remedy) if part))


class DecideForm(forms.Form):
    """The owner's decision; a refusal has its reasons like a grant."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("grant", gettext_lazy("Grant")), ("refuse", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"),
        help_text=gettext_lazy("The other agency reads them. A refusal names the law that forbids it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Fields granted"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ends = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(agreement.fields)
        _offer(self, "columns", [(name, words.field(name)) for name in names])
        self.initial.setdefault("columns", names)
        self.initial.setdefault("ends", agreement.ends)


@allow(GET=DECIDE_AGREEMENT, POST=DECIDE_AGREEMENT)
def decide(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Grant (all or less) or refuse, with reasons."""
    actor = actor_of(request)
    found = selectors.agreement(actor, agreement_id)
    if found.agency_id not in actor.scope:
        raise Http404("not found")
    form = DecideForm(request.POST or None, agreement=found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["decision"] == "grant":
                services.grant(
                    actor=actor, agreement_id=found.id, reasons=given["reasons"],
                    fields=given["columns"], ends=given["ends"],
                )  # fmt: skip
            else:
                services.refuse(actor=actor, agreement_id=found.id, reasons=given["reasons"])
        except UserError as error:
            _blame(form, error)
        else:
            messages.success(request, _("The decision is kept and the other agency was told."))
            return redirect("sharing:agreement", found.id)
    context = {"form": form, "agreement": found, "late": found.due < seoul_today()}
    return render(request, "sharing/agreements_decide.html", context, status=400 if form.errors else 200)
