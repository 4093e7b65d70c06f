"""The pages' common parts: layout, components, assets. Start with ``base.html`` and ``{% load sunra %}``."""
