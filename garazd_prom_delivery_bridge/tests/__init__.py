from . import test_checklist
from . import test_completion
from . import test_delivery
from . import test_delivery_cost
from . import test_guard
from . import test_late_tracking
from . import test_pickup_point
from . import test_tracking
