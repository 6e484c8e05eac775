"""Prepares and runs everything a developer needs; see ``make help``. Standard library only."""
