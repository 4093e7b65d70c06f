"""What ran on the engine: where, how long, over how many rows."""
