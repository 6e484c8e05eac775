from . import merchant_store
from . import merchant_adapter_prom
from . import merchant_adapter_prom_listing
from . import merchant_adapter_prom_catalogue
from . import merchant_adapter_prom_import
from . import merchant_adapter_prom_token
