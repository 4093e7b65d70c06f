"""The ``sunra`` command: thin; every verb calls a service or a core package."""
