from odoo import api, fields, models
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

CODE = "permission_missing"


class MerchantIssue(models.Model):
    """Issues about what the token of a store does not open."""

    _inherit = "merchant.issue"

    code = fields.Selection(
        selection_add=[(CODE, "The API token lacks permissions")], ondelete={CODE: "cascade"}
    )

    # === COMPUTE METHODS === #

    @api.depends("store_id.token_check")
    def _compute_text(self):
        """Extend to name the permissions in the language of the reader."""
        super()._compute_text()
        template = self._get_details()[CODE]
        for issue in self.filtered(lambda issue: issue.code == CODE):
            names = issue.store_id.missing_permissions or "-"
            issue.detail = issue._fill(template, {"names": names})

    # === BUSINESS METHODS === #

    @api.model
    def _get_details(self):
        """Extend: the text of the code above."""
        return super()._get_details() | {
            CODE: _lt(
                "The API token does not open these parts of the marketplace: %(names)s. The rest "
                "goes on without them. Make a token with all permissions in the cabinet of the "
                "marketplace, paste it into the store and press Check Connection."
            )
        }

    def _start_sync_again(self):
        """Extend to read all that was left out."""
        if self.code == CODE:
            self.store_id._start_sync("full")
        else:
            super()._start_sync_again()
