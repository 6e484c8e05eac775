from . import merchant_snapshot
