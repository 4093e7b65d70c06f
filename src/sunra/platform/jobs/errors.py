"""What ends a job's run before its work is done."""


class Stopped(Exception):  # noqa: N818 - a request, not a fault
    """The run must end; let it pass through."""


class Cancelled(Stopped):
    """Somebody cancelled the job."""


class LeaseLost(Stopped):
    """Another worker has taken the job over; nothing of this run may be committed any more."""


class Interrupted(Stopped):
    """The worker is going down; the job goes on elsewhere from its last checkpoint."""
