"""An installation used from outside, as people do, and what is put into it and read back."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

FILL = """
import io, sys, uuid, django
django.setup()
import polars as pl
from sunra.engine import store
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.base.actor import Actor
from sunra.platform.base.home import folder
from sunra.platform.files.services import store as keep
from sunra.platform.ledger.services import Act, anchor, record
from sunra.platform.places.services import publish

kind, _ = AgencyType.objects.get_or_create(code="district", defaults={"name_ko": "구", "name_en": "district"})
agency = Agency.objects.create(name="성북구청", type=kind)
actor = Actor.job(agency.pk, "drill")
frame = pl.DataFrame({"key": ["a", "b"], "lon": [127.01, 127.02], "lat": [37.59, 37.6], "lamps": [1, 2]})
publish(actor=actor, agency_id=agency.pk, layer="facility", kind="security_light", source="s", frame=frame)
keep(actor=actor, agency_id=agency.pk, name="보안등.csv", stream=io.BytesIO(b"a,b\\n1,2\\n"), kind="dataset")
store.write(folder("forecasts") / "11290" / "x.parquet", frame, {"made": "drill"})
for number in range(5):
    record(actor=actor, act=Act.LOOK, subject="drill", ref=str(number), purpose="drill")
anchor()
record(actor=actor, act=Act.LOOK, subject="drill", ref="after the anchor", purpose="drill")
"""

SHOW = """
import json, django
django.setup()
from sunra.engine import store
from sunra.platform.base.home import home
from sunra.platform.files.models import StoredFile
from sunra.platform.files import blobs
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.verify import verify
from sunra.platform.places.models import Facility, LegalDong

print(json.dumps({
    "facilities": list(Facility.objects.order_by("key").values_list("key", "lon", "cell_e", "count")),
    "dongs": LegalDong.objects.count(),
    "files": [[f.name, blobs.path_of(f.sha256).read_text()] for f in StoredFile.objects.all()],
    "table": store.read(home() / "forecasts/11290/x.parquet").rows(),
    "drill": list(Record.objects.filter(subject="drill").order_by("pk").values_list("ref", "hash")),
    "installation": list(
        Record.objects.filter(subject="installation").order_by("pk").values_list("act", "purpose")
    ),
    "ok": verify().ok,
}, default=str))
"""


class Installation:
    """A SUNRA_HOME that is used from outside, as people do."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self._environment = os.environ | {"SUNRA_HOME": str(home), **environment}
        self._environment["DJANGO_SETTINGS_MODULE"] = "sunra.web.settings"

    def python(self, code: str) -> str:
        """Run a script inside."""
        return self._run([sys.executable, "-c", code]).stdout

    def sunra(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command; the test looks at its exit code."""
        starter = "import sys; from sunra.cli.main import main; sys.exit(main(sys.argv[1:]))"
        return self._run([sys.executable, "-c", starter, *words], check=False)

    def show(self) -> dict[str, Any]:
        """What it holds."""
        return dict(json.loads(self.python(SHOW)))

    def _run(self, line: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            line, env=self._environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert not check or done.returncode == 0, done.stderr[-3000:]
        return done
