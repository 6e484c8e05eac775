from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from .merchant_adapter_prom import neutral_errors

# One cheap read of each section of a token.
READS = {
    "orders": lambda client: client.orders_list(limit=1),
    "order_status": lambda client: client.order_status_options_list(),
    "payment": lambda client: client.payment_options_list(),
    "delivery": lambda client: client.delivery_options_list(),
    "groups": lambda client: client.groups_list(limit=1),
    "products": lambda client: client.products_list(limit=1),
}


class MerchantAdapterProm(models.AbstractModel):
    """Which sections of Prom a token opens; Prom does not tell, so each is tried."""

    _inherit = "merchant.adapter.prom"

    def _get_permissions(self):
        """Override of `garazd_merchant_center`: the sections of a token in the cabinet."""
        return tuple(
            schema.Permission(
                code=code,
                name=self.env._(const.PERMISSION_NAMES[code]),
                purpose=self.env._(const.PERMISSION_PURPOSES[code]),
                steps=const.PERMISSION_STEPS[code],
                is_required=code == "orders",
            )
            for code in READS
        )

    def _get_feed_place(self):
        """Override of `garazd_merchant_center`: the import by link."""
        return self.env._(const.FEED_PLACE)

    def _check_permissions(self, store):
        """Override of `garazd_merchant_center`: a closed section answers 401, as a wrong token."""
        client = self._prom_client(store)
        results, gone = {}, None
        for code, read in READS.items():
            results[code] = gone = gone or self._prom_try(client, read)
            if not isinstance(gone, exceptions.RetryLater):
                # Whoever waits for the answer does not wait for six time-outs.
                gone = None
        return results

    def _prom_try(self, client, read):
        """Return what came in place of an answer, None when there was one."""
        try:
            with neutral_errors():
                read(client)
        except exceptions.MarketplaceError as error:
            return error
        return None
