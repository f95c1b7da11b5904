"""Settings, logs, correlation, clock and health: what every process needs to run."""
