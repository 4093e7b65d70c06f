"""The table of the cache that all processes share: rate limits and used one-time codes."""

from django.core.management import call_command
from django.db import migrations


def create(_apps, schema_editor):
    """Create the table unless it is there."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
