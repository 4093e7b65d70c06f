"""The ASGI entry that uvicorn serves; refuses to serve demonstration accounts or known secrets in earnest."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunra.web.settings")
_pages = get_asgi_application()

from sunra.platform.accounts.checks import refuse_to_start  # noqa: E402 - needs the apps
from sunra.systems.patrols.door import Application, with_door  # noqa: E402 - needs the apps

application = with_door(cast("Application", _pages))

# The server imports this inside its event loop, where the database may not be asked.
with ThreadPoolExecutor(1) as _pool:
    _pool.submit(refuse_to_start).result()
