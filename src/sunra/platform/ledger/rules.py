"""Who may read the ledger."""

from sunra.platform.base.access import grant
from sunra.platform.base.roles import AUDITOR, PLATFORM_ADMIN

grant("ledger.view_record", AUDITOR, PLATFORM_ADMIN)
