"""Settings, addresses and the ASGI entry; nothing else."""
