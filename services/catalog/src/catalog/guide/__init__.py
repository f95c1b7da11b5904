"""Data: the rules of the guide, its questions, and the comparison."""
