"""How the guide chooses: an engine that knows no medicine. All of that stands in rules, which are data."""
