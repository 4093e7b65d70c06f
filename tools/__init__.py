"""What developers run: checks, locks, bundles, benchmarks. Nothing here ships."""
