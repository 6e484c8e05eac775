from odoo import api, fields, models

from ..tools.spreadsheet import CSV, XLSX
from .merchant_listing_values import PRESENCES

# What is kept, and where it comes from.
KEPT = {
    "snapshot_name": "name",
    "snapshot_status": "status",
    "snapshot_currency_id": "currency_id",
    "snapshot_price": "observed_price",
    "snapshot_compare_price": "observed_compare_price",
    "snapshot_has_quantity": "observed_has_quantity",
    "snapshot_quantity": "observed_quantity",
    "snapshot_presence": "observed_presence",
    "snapshot_presence_word": "observed_presence_word",
}
# The columns of the file.
EXPORTED = (
    "external_id",
    "seller_id",
    "sku",
    "snapshot_name",
    "snapshot_status",
    "snapshot_currency_id",
    "snapshot_price",
    "snapshot_compare_price",
    "snapshot_quantity",
    "snapshot_presence",
    "snapshot_at",
)
PAGE = 1000


class MerchantListing(models.Model):
    """Keeps what the marketplace showed when a listing was read first, before Odoo wrote to it."""

    _inherit = "merchant.listing"

    snapshot_at = fields.Datetime(string="First Read", readonly=True)
    snapshot_name = fields.Char(string="Name at First", readonly=True)
    snapshot_status = fields.Char(string="Status at First", readonly=True)
    snapshot_currency_id = fields.Many2one(
        "res.currency", string="Currency at First", readonly=True
    )
    snapshot_price = fields.Monetary(
        string="Price at First", currency_field="snapshot_currency_id", readonly=True
    )
    snapshot_compare_price = fields.Monetary(
        string="Crossed-out Price at First", currency_field="snapshot_currency_id", readonly=True
    )
    snapshot_has_quantity = fields.Boolean(string="Quantity Told at First", readonly=True)
    snapshot_quantity = fields.Float(
        string="Quantity at First", digits="Product Unit", aggregator=False, readonly=True
    )
    snapshot_presence = fields.Selection(
        [*PRESENCES, ("other", "Other")], string="Availability at First", readonly=True
    )
    snapshot_presence_word = fields.Char(string="Word for the Availability at First", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep what was read first; nothing changes it afterwards."""
        now = fields.Datetime.now()
        return super().create(
            [
                {**vals, "snapshot_at": now, **{k: vals.get(name) for k, name in KEPT.items()}}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        """Override: what was read first stays."""
        return super().write(
            {k: value for k, value in vals.items() if k not in KEPT and k != "snapshot_at"}
        )

    def _get_snapshot_row(self, presences, status_names, presence_names):
        """Return the values of ``EXPORTED`` as a person reads them.

        :param dict presences: the names of availabilities
        :param dict status_names: of the marketplace's words for statuses
        :param dict presence_names: of the marketplace's other words for availability
        """
        word, presence = self.snapshot_presence_word, presences.get(self.snapshot_presence)
        if self.snapshot_presence == "other" and word:
            presence = presence_names.get(word, word)
        row = {name: self[name] or None for name in EXPORTED} | {
            "snapshot_status": status_names.get(self.snapshot_status, self.snapshot_status) or None,
            "snapshot_currency_id": self.snapshot_currency_id.name or None,
            "snapshot_price": self.snapshot_price,
            "snapshot_quantity": self.snapshot_quantity if self.snapshot_has_quantity else None,
            "snapshot_presence": presence,
            "snapshot_at": fields.Datetime.context_timestamp(self, self.snapshot_at).replace(
                tzinfo=None
            ),
        }
        return list(row.values())


class MerchantStore(models.Model):
    _inherit = "merchant.store"

    def action_export_snapshot_xlsx(self):
        """Save what the store showed at first as a workbook."""
        return self._export_snapshot(XLSX)

    def action_export_snapshot_csv(self):
        """Save what the store showed at first as a text with columns."""
        return self._export_snapshot(CSV)

    def _export_snapshot(self, extension):
        self.ensure_one()
        self._check_administrator()
        return {
            "type": "ir.actions.act_url",
            "url": f"/merchant_center/snapshot/{self.id}.{extension}",
            "target": "self",
        }

    def _get_snapshot_rows(self):
        """Return what the store showed when its products were read first, page by page.

        :return: a generator of lists; the first one is the heading, in the language of the user
        """
        listings = self.env["merchant.listing"]
        yield [listings._fields[name]._description_string(self.env) for name in EXPORTED]
        presences = dict(listings._fields["snapshot_presence"]._description_selection(self.env))
        adapter = self._get_adapter()
        words = adapter._get_listing_status_names(), adapter._get_presence_names()
        last_id = 0
        while page := listings.search_fetch(
            [("store_id", "=", self.id), ("id", ">", last_id)],
            [*EXPORTED, *KEPT],
            order="id",
            limit=PAGE,
        ):
            last_id = page[-1].id
            for listing in page:
                yield listing._get_snapshot_row(presences, *words)
            # A big shop should not stay in memory.
            self.env.invalidate_all(flush=False)
