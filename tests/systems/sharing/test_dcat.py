"""The catalogue is DCAT-AP: what the profile demands is there, and every address in it answers."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
# DCAT-AP 3.0, mandatory properties of each class, and those recommended ones that harvesters rely on.
CATALOG = {"dct:title", "dct:description", "dct:publisher", "dcat:dataset", "dct:language", "foaf:homepage"}
DATASET = {
    "dct:title", "dct:description", "dct:publisher", "dcat:distribution", "dcat:contactPoint",
    "dcat:keyword", "dcat:theme", "dct:identifier", "dct:issued", "dct:modified", "dct:spatial",
    "dct:temporal",
}  # fmt: skip
DISTRIBUTION = {"dcat:accessURL", "dct:license", "dct:format", "dcat:mediaType", "dct:title"}


@pytest.fixture
def document() -> dict[str, Any]:
    """The catalogue with one dataset of places and one of figures."""
    cache.clear()
    agency = nights.office()
    made.opened(made.cameras(agency), made=True)
    made.opened(made.calls(agency))
    answer = Client().get("/open/catalog.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    return dict(answer.json())


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one)


def test_every_class_has_what_the_profile_demands(document: dict[str, Any]) -> None:
    """If this fails, a harvester refuses the catalogue."""
    assert document["@type"] == "dcat:Catalog"
    assert document.keys() >= CATALOG
    assert len(document["dcat:dataset"]) == 2
    places = next(one for one in document["dcat:dataset"] if len(one["dcat:distribution"]) > 1)
    assert places.keys() >= DATASET
    for dataset in document["dcat:dataset"]:
        assert dataset["@type"] == "dcat:Dataset"
        for distribution in dataset["dcat:distribution"]:
            assert distribution.keys() >= DISTRIBUTION
            assert distribution["dct:license"]["@id"].startswith("https://")
    downloads = [one for one in places["dcat:distribution"] if "dcat:downloadURL" in one]
    assert len(downloads) == 4
    assert all(int(one["dcat:byteSize"]["@value"]) > 0 for one in downloads)


def test_every_prefix_is_declared(document: dict[str, Any]) -> None:
    """If this fails, a term means nothing to a machine."""
    known = set(document["@context"])
    for node in _walk(document["dcat:dataset"]):
        for key, value in node.items():
            assert key.startswith("@") or key.split(":")[0] in known
            if key == "@type":
                assert value.split(":")[0] in known


def test_every_own_address_answers(document: dict[str, Any]) -> None:
    """If this fails, the catalogue sends harvesters into the void."""
    ours = {
        node["@id"] for node in _walk(document) if str(node.get("@id", "")).startswith("http://testserver")
    }
    assert len(ours) > 8
    for address in ours:
        assert Client().get(address.removeprefix("http://testserver")).status_code == 200, address


def test_programs_find_the_same_catalogue_in_the_api(document: dict[str, Any]) -> None:
    """If this fails, pages and API tell different catalogues."""
    assert Client().get("/api/v1/open/catalogue").json() == document
