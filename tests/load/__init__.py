"""Load, faults and crashes: real Odoo servers against simulated shops whose journals do not lie."""
