"""Reads the databases as a stranger would: plain SQL, none of the product's code.

What it says is evidence because it could not have inherited the product's mistakes.
"""
