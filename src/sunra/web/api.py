"""The root of the API for programs: one router for each app that has one."""

from sunra import __version__
from sunra.platform.accounts.api import Api, install_handlers
from sunra.platform.base.access import SIGNED_IN, declare_url
from sunra.platform.places.api import router as places
from sunra.systems.patrols.api import router as patrols
from sunra.systems.risk.api import router as risk
from sunra.systems.sharing.api.catalogue import router as open_data
from sunra.systems.sharing.api.features import router as features
from sunra.systems.sharing.api.statistics import router as statistics

NAMESPACE = "api"

# The interactive page of ninja needs inline scripts; the description itself is what programs read.
api = Api(title="Sunra", version=__version__, urls_namespace=NAMESPACE, docs_url=None)
install_handlers(api)
api.add_router("/places", places)
api.add_router("/risk", risk)
api.add_router("/patrols", patrols)
api.add_router("/statistics", statistics)
api.add_router("/ogc", features)
api.add_router("/open", open_data)

for name in ("openapi-json", "api-root"):
    declare_url(f"{NAMESPACE}:{name}", GET=SIGNED_IN)
