"""Template tags: ``{% load sunra %}``."""
