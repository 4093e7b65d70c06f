"""순찰 요청: addresses for everybody, without an account."""

from django.urls import path

from sunra.systems.risk.pages import ask

app_name = "request"
urlpatterns = [
    path("", ask.ask, name="ask"),
    path("landmarks.geojson", ask.landmarks, name="landmarks"),
    path("place.json", ask.place, name="place"),
    path("find/", ask.find, name="find"),
    path("of/<str:code>/", ask.status, name="status"),
    path("of/<str:code>/withdraw/", ask.withdraw, name="withdraw"),
]
