"""Pages of sharing, one module a part."""
