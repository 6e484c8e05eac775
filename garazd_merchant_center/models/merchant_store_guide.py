from odoo import api, models

from .merchant_store import GROUP_ADMINISTRATOR

# By which kind of synchronization the records of a model are read.
READ_BY = {
    "merchant.order": "orders",
    "merchant.listing": "products",
    "merchant.category": "base",
    "merchant.order.status": "base",
    "merchant.payment.method": "base",
    "merchant.delivery.method": "base",
}
SHOWN_ADMINISTRATORS = 3


class MerchantStore(models.Model):
    """What people do next where a list is empty."""

    _inherit = "merchant.store"

    @api.readonly
    @api.model
    def get_guide(self, model):
        """Return the next step where the list of a model is empty.

        :param str model: whose list it is
        :return: HTML; False where the help of the action says it all
        :rtype: str | bool
        """
        if not self.search_count([], limit=1):
            return self._render_guide("merchant_guide_first_steps", self._get_first_steps())
        if model not in READ_BY:
            return False
        unread = self.search([(f"last_sync_{READ_BY[model]}_at", "=", False)])
        return bool(unread) and self._render_guide("merchant_guide_sync", {"stores": unread})

    @api.model
    def _render_guide(self, name, values):
        return self.env["ir.qweb"]._render(f"garazd_merchant_center.{name}", values)

    @api.model
    def _get_first_steps(self):
        """Return what the template of the first steps shows.

        :rtype: dict
        """
        return {
            "is_administrator": self.env.user.has_group(GROUP_ADMINISTRATOR),
            "administrators": ", ".join(self._get_administrators().mapped("name")),
            "has_feed": bool(self.env["product.data.feed"].search_count([], limit=1)),
        }

    @api.model
    def _get_administrators(self):
        """Return whom users of the present company can ask."""
        # Elevated: people may know whom to ask. The system itself is an inactive user.
        people = self.env.ref(GROUP_ADMINISTRATOR).sudo().all_user_ids
        return people.filtered(lambda user: user.active and self.env.company in user.company_ids)[
            :SHOWN_ADMINISTRATORS
        ]
