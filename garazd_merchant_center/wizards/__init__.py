from . import merchant_store_add
