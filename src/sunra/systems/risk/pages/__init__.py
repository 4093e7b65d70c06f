"""Pages of risk, one module a part."""
