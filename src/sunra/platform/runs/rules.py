"""Who may see what ran on the engine."""

from sunra.platform.base.access import grant
from sunra.platform.base.roles import ANALYST, AUDITOR, DATA_OFFICER, PLATFORM_ADMIN

grant("runs.view_run", ANALYST, DATA_OFFICER, PLATFORM_ADMIN, AUDITOR)
