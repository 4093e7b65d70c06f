"""Sunra (순라): the night watch of old Seoul, as software for municipal police and safety councils."""

__version__ = "0.1.0"
