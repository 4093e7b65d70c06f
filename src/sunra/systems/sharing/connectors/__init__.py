"""Open interfaces of the state and the city, one protocol each, asked page by page."""
