from . import test_listing
from . import test_store_add
from . import test_sync
