"""Start the whole platform: embedded in one process, or as the real stack."""
