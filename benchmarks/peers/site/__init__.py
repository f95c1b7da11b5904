"""A plain Django site with django-appointment on it. It runs on the peer's own Python, never on ours."""
