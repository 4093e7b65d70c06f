"""순찰 휴대폰: the phone page and what it says to the server; with a shift's pass, without an account."""

from django.urls import path

from sunra.systems.patrols.pages import phone

app_name = "duty"
urlpatterns = [
    path("", phone.shell, name="phone"),
    path("sw.js", phone.worker, name="worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("api/passes", phone.passes, name="passes"),
    path("api/shift", phone.shift, name="shift"),
    path("api/events", phone.events, name="events"),
    path("api/photos/<uuid:event_id>", phone.photo, name="photo"),
]
