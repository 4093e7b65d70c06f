"""Methods: plain Python on numpy, scipy and shapely; no Django, no database, no global state."""
