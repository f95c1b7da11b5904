"""The HTTP surface: API, guest page, documentation."""
