"""One Django app per system; systems meet in ``platform.places``, ``platform.events`` and ``journeys``."""
