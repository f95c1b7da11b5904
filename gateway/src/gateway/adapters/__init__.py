"""How the catalog copy is fed and kept: over the bus, and in PostgreSQL."""
