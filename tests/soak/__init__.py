"""The long fault campaign: clients go on booking while the parts of a real stack are killed, cut off and filled up.

`python -m tests.soak` runs it, `python -m tests.soak.bugs` shows that it would notice. All choices come from a seed.
"""
