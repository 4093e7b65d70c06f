"""The pages of background work: the list, one job, cancel and retry."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from sunra.platform.base.access import allow
from sunra.platform.base.actor import actor_of
from sunra.platform.jobs import selectors, services
from sunra.platform.jobs.models import Job

PAGE = 25


@allow("jobs.view_job")
def job_list(request: HttpRequest) -> HttpResponse:
    """The jobs of the actor's agencies; the list renews itself while one is active."""
    rows = selectors.jobs(actor_of(request)).select_related("agency")
    state = request.GET.get("state", "")
    if state in Job.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    busy = any(job.active for job in page)
    context = {"page": page, "busy": busy, "state": state, "states": Job.State.choices}
    return render(request, "jobs/list.html", context)


@allow("jobs.view_job")
def job_detail(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """One job with its progress and what can be done with it."""
    actor = actor_of(request)
    job = selectors.get_job(actor, job_id)
    link = str(job.result.get("url", "")) if job.state == Job.State.DONE else ""
    context = {
        "job": job,
        "link": link if link.startswith("/") and not link.startswith("//") else "",
        "may_cancel": job.active and not job.cancel_requested and actor.may("jobs.change_job"),
        "may_retry": job.state in {Job.State.FAILED, Job.State.CANCELLED} and actor.may("jobs.change_job"),
    }
    return render(request, "jobs/detail.html", context)


@allow("jobs.view_job")
def job_progress(request: HttpRequest, job_id: UUID) -> JsonResponse:
    """How far a job is, as JSON."""
    return JsonResponse(selectors.progress(selectors.get_job(actor_of(request), job_id)))


@allow(POST="jobs.change_job")
def job_cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Cancel and go back to the job."""
    services.cancel(actor=actor_of(request), job_id=job_id)
    return redirect("jobs:detail", job_id=job_id)


@allow(POST="jobs.change_job")
def job_retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Queue again and go to the job."""
    job = services.retry(actor=actor_of(request), job_id=job_id)
    return redirect("jobs:detail", job_id=job.pk)
