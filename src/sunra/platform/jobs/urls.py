"""The addresses of background work."""

from django.urls import path

from sunra.platform.jobs import pages

app_name = "jobs"
urlpatterns = [
    path("", pages.job_list, name="list"),
    path("<uuid:job_id>/", pages.job_detail, name="detail"),
    path("<uuid:job_id>/progress/", pages.job_progress, name="progress"),
    path("<uuid:job_id>/cancel/", pages.job_cancel, name="cancel"),
    path("<uuid:job_id>/retry/", pages.job_retry, name="retry"),
]
