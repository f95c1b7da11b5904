"""Locations, services, practitioners, rooms and schedules."""
