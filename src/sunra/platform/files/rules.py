"""Who may read, store and delete files."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import ADMINS, DATA_OFFICER, EVERYONE, MACHINE, STAFF

grant("files.view_file", *EVERYONE, MACHINE)
grant("files.store_file", *STAFF, MACHINE)
grant("files.delete_file", *ADMINS, DATA_OFFICER)
