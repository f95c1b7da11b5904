"""The public catalog as values. Standard library only."""
