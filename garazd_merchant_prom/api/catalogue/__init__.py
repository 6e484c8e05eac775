"""Reads the files in which Prom publishes its catalogue of categories. Plain Python."""
