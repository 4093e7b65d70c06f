"""Template tags of the maps: ``{% load sunra_maps %}``."""
