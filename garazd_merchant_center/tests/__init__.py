from . import test_issue_text
from . import test_log_filter
from . import test_security
from . import test_view
