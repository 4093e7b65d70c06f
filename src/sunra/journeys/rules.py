"""Who may start the night's work."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import SAFETY_OFFICER

RUN = "journeys.run_tonight"

grant(RUN, SAFETY_OFFICER)
