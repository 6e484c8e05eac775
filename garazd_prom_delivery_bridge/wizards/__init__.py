from . import merchant_delivery_confirm
