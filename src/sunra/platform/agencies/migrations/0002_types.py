"""The kinds of institutions that every installation starts with."""

import csv
from pathlib import Path

from django.db import migrations

_TYPES = Path(__file__).resolve().parent.parent / "data" / "types.csv"


def add(apps, _schema_editor):
    """Add the types that are not there."""
    model = apps.get_model("agencies", "AgencyType")
    with _TYPES.open(encoding="utf-8", newline="") as file:
        for order, row in enumerate(csv.DictReader(file), start=1):
            model.objects.get_or_create(pk=row.pop("code"), defaults={"order": order * 10, **row})


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
