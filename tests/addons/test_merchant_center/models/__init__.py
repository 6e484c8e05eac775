from . import ir_qweb
from . import merchant_store
from . import merchant_adapter_demo
from . import merchant_adapter_demo_catalogue
