"""How the database came to be, oldest first. Expand, move, contract: older code runs on the newer schema."""
