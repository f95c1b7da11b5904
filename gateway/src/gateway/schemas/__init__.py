"""The wire: what requests are parsed with, what answers are dumped with, and what /openapi.json is generated from."""
