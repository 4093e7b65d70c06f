"""The platform's own pages behind the doors; the apps below this floor cannot register them themselves."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.ui import doors


def register() -> None:
    """Called once, when the app is ready."""
    doors.register("today", _("Notices"), "notices:list", order=80)
    doors.register("today", _("Running work"), "jobs:list", "jobs.view_job", order=90)
    doors.register("govern", _("Engine runs"), "runs:list", "runs.view_run", order=60)
    doors.register("govern", _("Agencies"), "agencies:list", "agencies.view_agencies", order=10)
    doors.register("govern", _("People"), "accounts:people", "accounts.view_people", order=20)
    doors.register("govern", _("Keys for programs"), "accounts:keys", "accounts.change_keys", order=30)
    doors.register("govern", _("Who may what"), "accounts:rules", "accounts.view_rules", order=40)
    doors.register(
        "govern", _("Record of looks and changes"), "ledger:search", "ledger.view_record", order=50
    )
