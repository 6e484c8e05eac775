from . import models


def uninstall_hook(env):
    """Take back what would stay behind without a meaning."""
    env["merchant.store"].search([])._forget_late_tracking()
