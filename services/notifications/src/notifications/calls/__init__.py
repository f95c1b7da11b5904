"""What the service answers, beside what `service.py` answers itself: parse, run one use case, dump."""
