"""Prom.ua Public API v1 without Odoo: client, typed answers, Prom's own words.

Nothing in this package imports Odoo, reads settings or translates texts.
"""
