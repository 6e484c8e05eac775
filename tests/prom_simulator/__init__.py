"""Simulator of the Prom.ua Public API: a real HTTP server with a generated shop.

It needs the standard library only and knows nothing of the addons.
"""

from .simulator import PromSimulator

__all__ = ["PromSimulator"]
