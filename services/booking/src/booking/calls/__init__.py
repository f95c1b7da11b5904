"""What the service answers, a file for each part of the work; `service.py` puts them together.

A call parses, runs one use case and dumps.
"""
