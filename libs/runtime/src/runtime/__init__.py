"""What every Slotwell process needs to run: settings, logs, correlation, clock, health, failpoints."""
