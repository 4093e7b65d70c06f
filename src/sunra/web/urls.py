"""Every address of the product, by app."""

from django.urls import include, path

from sunra.web.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("ui/", include("sunra.platform.ui.urls")),
    path("places/", include("sunra.platform.places.urls")),
    path("", include("sunra.platform.maps.urls")),
    path("files/", include("sunra.platform.files.urls")),
    path("notices/", include("sunra.platform.notices.urls")),
    path("jobs/", include("sunra.platform.jobs.urls")),
    path("runs/", include("sunra.platform.runs.urls")),
    path("events/", include("sunra.platform.events.urls")),
    path("ledger/", include("sunra.platform.ledger.urls")),
    path("account/", include("allauth.urls")),
    path("agencies/", include("sunra.platform.agencies.urls")),
    path("", include("sunra.platform.accounts.urls")),
    path("", include("sunra.journeys.urls")),
    path("data/", include("sunra.systems.sharing.urls")),
    path("open/", include("sunra.systems.sharing.open_urls")),
    path("area/", include("sunra.systems.sharing.area_urls")),
    path("risk/", include("sunra.systems.risk.urls")),
    path("request/", include("sunra.systems.risk.open_urls")),
    path("patrols/", include("sunra.systems.patrols.urls")),
    path("duty/", include("sunra.systems.patrols.phone_urls")),
]

handler400 = "sunra.platform.ui.pages.bad_request"
handler403 = "sunra.platform.ui.pages.forbidden"
handler404 = "sunra.platform.ui.pages.not_found"
handler500 = "sunra.platform.ui.pages.server_error"
