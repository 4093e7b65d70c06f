"""Who may see and change the tree of agencies."""

from sunra.platform.base.access import grant
from sunra.platform.base.roles import PLATFORM_ADMIN, STAFF

grant("agencies.view_agencies", *STAFF)
grant("agencies.change_agencies", PLATFORM_ADMIN)
