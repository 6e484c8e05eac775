from odoo import models

from odoo.addons.garazd_merchant_center.models.merchant_store_checklist import Step


class MerchantStore(models.Model):
    """What is left to set up of the delivery, and what Production sends of it."""

    _inherit = "merchant.store"

    def _get_checklist(self):
        """Extend: the delivery methods, after the payments."""
        steps = super()._get_checklist()
        codes = [step.code for step in steps]
        steps.insert(codes.index("payments") + 1, self._get_step_delivery())
        return steps

    def _get_step_delivery(self):
        methods = self.delivery_method_ids
        unmapped = methods.filtered(lambda method: not method.carrier_id)
        is_done = bool(self.carrier_id or (methods and not unmapped))
        return Step(
            code="delivery",
            title=self.env._("Delivery"),
            is_done=is_done,
            text=self.env._("Every way to deliver has a delivery method in Odoo.")
            if is_done
            else self.env._(
                "Choose the delivery method in Odoo for each way to deliver, or one for all that "
                "have none. Without one: %(count)s.",
                count=len(unmapped),
            ),
            page="shipping",
            buttons=(("action_open_delivery_methods", self.env._("Delivery Methods")),),
        )

    def action_open_delivery_methods(self):
        """Open the ways to deliver that this store offers."""
        return self._open("garazd_merchant_center.merchant_delivery_method_action")

    def action_open_carriers(self):
        """Open the delivery methods of Odoo, to make one that the store can use.

        :raises AccessError: who may not read them is told whom to ask
        """
        self.env["delivery.carrier"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "delivery.action_delivery_carrier_form"
        )
        return action | {"context": {"default_company_id": self.company_id.id}}

    def _get_order_effects(self):
        """Extend: the tracking numbers."""
        return [*super()._get_order_effects(), self._get_effect_tracking()]

    def _get_effect_tracking(self):
        if self.push_tracking:
            text = self.env._("The number is sent at once, before anything else.")
        else:
            text = self.env._("Nothing is sent.")
        return {
            "state": "sent" if self.push_tracking else "off",
            "title": self.env._("When a delivery gets its tracking number"),
            "text": text,
        }
