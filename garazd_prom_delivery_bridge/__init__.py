from . import models
from . import wizards


def uninstall_hook(env):
    """Take back what would stay behind without a meaning."""
    env["merchant.store"]._forget_all_late_tracking()
