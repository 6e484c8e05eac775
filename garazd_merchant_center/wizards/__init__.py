from . import merchant_attribute_match
from . import merchant_order_recover
from . import merchant_delivery_confirm
from . import merchant_order_cancel
from . import merchant_import_catalogue
from . import merchant_mapping_set
from . import merchant_store_add
from . import sale_mass_cancel_orders
