from . import test_listing
from . import test_order
from . import test_order_amount
from . import test_order_partner
from . import test_order_trouble
from . import test_store_add
from . import test_sync
