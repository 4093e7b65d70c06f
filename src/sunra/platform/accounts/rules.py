"""Who may do what with people, keys and the page of rules."""

from sunra.platform.accounts import third_party
from sunra.platform.base.access import grant
from sunra.platform.base.roles import ADMINS, AUDITOR

grant("accounts.view_people", *ADMINS)
grant("accounts.change_people", *ADMINS)
grant("accounts.change_keys", *ADMINS)
grant("accounts.view_rules", *ADMINS, AUDITOR)

third_party.declare()
