from . import test_checklist
from . import test_delivery
