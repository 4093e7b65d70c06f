"""Background work of the files: contents that nobody owns go once a day."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from sunra.platform.files import services
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.registry import job, schedule


@job("files.sweep", title=_("Remove file contents that nobody owns"))
def sweep(_ctx: JobContext) -> dict[str, Any]:
    """See ``services.sweep``."""
    return {"removed": services.sweep()}


schedule("files.sweep", "files.sweep", daily_at="04:10")
