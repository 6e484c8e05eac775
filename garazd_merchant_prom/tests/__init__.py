from . import test_fault
from . import test_order_kinds
from . import test_order_poison
from . import test_set_status
from . import test_store_add
from . import test_sync
