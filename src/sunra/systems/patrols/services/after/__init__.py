"""After the patrol: what is written down, counted and handed on."""
