"""Who may see and redeliver dead letters."""

from sunra.platform.base.access import grant
from sunra.platform.base.roles import PLATFORM_ADMIN

grant("events.view_dead_letter", PLATFORM_ADMIN)
grant("events.change_dead_letter", PLATFORM_ADMIN)
