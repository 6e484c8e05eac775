from odoo import models


class IrQweb(models.AbstractModel):
    """Saves the time for pages that no test of Odoo's runner opens."""

    _inherit = "ir.qweb"

    def _pregenerate_assets_bundles(self):
        """Override: tests with requests fetch files, not pages."""
        return []
