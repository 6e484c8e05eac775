from . import merchant_order_recover
from . import merchant_store_add
