"""Words for the permissions that a program's key may hold; a permission without a word shows its code."""

from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "files.store_file": _("Store files"),
    "files.view_file": _("Read files"),
    "patrols.view_plan": _("Read patrol plans"),
    "places.publish_source": _("Publish facilities and streets"),
    "places.view_event": _("Read events by place"),
    "places.view_place": _("Read facilities and streets"),
    "risk.view_forecast": _("Read forecasts"),
    "sharing.read_features": _("Read datasets as features"),
    "sharing.view_statistics": _("Read statistics"),
}
