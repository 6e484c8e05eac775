from . import merchant_delivery_method
from . import merchant_order_builder
from . import merchant_store
from . import merchant_store_checklist
