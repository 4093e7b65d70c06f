"""What programs read of sharing: features by the OGC standard, and the open catalogue."""
