"""The contract, generated from the schemas and calls in use: nothing in it can be out of date."""
