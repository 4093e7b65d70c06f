"""What the demonstration's agencies share, so that every page of sharing has something to show: two opened
datasets, an agreement between two offices, a saved view, a source that is pulled from.
"""

from datetime import timedelta

from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import seoul_today
from sunra.systems.sharing.models import Agreement, Connector, Dataset, Opening, SavedView
from sunra.systems.sharing.selectors.statistics.view import View
from sunra.systems.sharing.services import agreements, connectors, opendata
from sunra.systems.sharing.services.statistics.views import save_view

LICENCE = "KOGL-1"
WORDS = {
    "cctv": opendata.Words("방범 CCTV (가상)", "CCTV cameras (invented)", "시연용으로 만든 자료", ""),
    "call112": opendata.Words(
        "112 신고 통계 (가상)", "112 calls, counts (invented)", "시연용으로 만든 자료", ""
    ),
}
VIEW = "우리 구 동별 신고 (가상)"


def share(office: Agency, neighbour: Agency) -> None:
    """Open, lend, keep and connect what is not yet; again it changes nothing."""
    officer = person_actor(Person.objects.get(username="data", demo=True))
    held = Dataset.objects.filter(agency=office, demo=True).order_by("created")
    for kind, words in WORDS.items():
        dataset = held.filter(kind=kind).first()
        if dataset and not Opening.objects.filter(dataset=dataset, closed__isnull=True).exists():
            opendata.open_dataset(actor=officer, dataset_id=dataset.id, licence=LICENCE, words=words)
    lights = (
        Dataset.objects.filter(agency=office, kind="security_light", demo=True).order_by("created").first()
    )
    if lights and not Agreement.objects.filter(dataset=lights, receiver=neighbour).exists():
        _lend(lights, neighbour, officer)
    if not SavedView.objects.filter(agency=office, name=VIEW).exists():
        save_view(actor=officer, name=VIEW, view=View(), shared=True)
    if not Connector.objects.filter(agency=office).exists():
        row = connectors.add(actor=officer, source="cctv_info", chosen={}, every=Connector.Every.MONTH)
        connectors.change(actor=officer, connector_id=row.id, active=False)  # nothing is ever pulled for it


def _lend(dataset: Dataset, neighbour: Agency, officer: Actor) -> None:
    """The neighbour's office asks for lamps along the border, and the owner grants them for a year."""
    today = seoul_today()
    asked = agreements.request(
        actor=Actor.job(neighbour.id, "demo"),
        terms=agreements.Terms(
            dataset_id=dataset.id,
            purpose="두 구의 경계를 함께 순찰하려고 보안등 위치를 봅니다",
            basis="데이터기반행정법 제8조",
            fields=("key", "lon", "lat", "lamps"),
            starts=today,
            ends=today + timedelta(days=365),
        ),
    )
    agreements.grant(actor=officer, agreement_id=asked.id, reasons="순찰에 꼭 필요한 항목만 제공합니다")
