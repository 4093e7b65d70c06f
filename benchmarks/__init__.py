"""One script per number that the project claims."""
