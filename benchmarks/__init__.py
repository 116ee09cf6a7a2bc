"""Measurements, and chaos: commands that print figures."""
