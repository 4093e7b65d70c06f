"""The addresses of the outbox."""

from django.urls import path

from sunra.platform.events import pages

app_name = "events"
urlpatterns = [
    path("dead/", pages.dead_letters, name="dead"),
    path("dead/<int:delivery_id>/redeliver/", pages.redeliver, name="redeliver"),
]
