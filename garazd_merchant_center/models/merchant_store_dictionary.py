from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import LockError

from ..exceptions import MarketplaceError


class MerchantStoreDictionary(models.AbstractModel):
    """A list that a store keeps on the marketplace and Odoo keeps a copy of."""

    _name = "merchant.store.dictionary"
    _description = "Marketplace Dictionary"
    _order = "store_id, sequence, id"
    # The field of the store that lists them.
    _store_field = None

    store_id = fields.Many2one(
        "merchant.store", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="store_id.company_id", store=True)
    external_id = fields.Char(string="External Identifier", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _external_uniq = models.Constraint(
        "UNIQUE(store_id, external_id)", "This store already has an entry with this identifier."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_entry_vals(self, store, data):
        """Return the values of the entry that shows ``data`` (see ``..schema``)."""
        return {"name": data.name}

    @api.model
    def _merge(self, store, records):
        """Bring the copy up to date with what the marketplace lists.

        Absence proves nothing: entries that are not listed stay, old orders still name them.

        :param records: values of ``..schema`` with ``external_id`` and ``name``, or errors
        :return: the numbers of created, updated, unchanged and failed entries
        :rtype: dict[str, int]
        """
        entries = self.sudo().with_context(active_test=False)
        known = {e.external_id: e for e in entries.search([("store_id", "=", store.id)])}
        counts = dict.fromkeys(("created", "updated", "unchanged", "failed"), 0)
        for data in records:
            if isinstance(data, MarketplaceError):
                store._report_error(data)
                counts["failed"] += 1
                continue
            vals = self._prepare_entry_vals(store, data)
            entry = known.get(data.external_id)
            if entry is None:
                identity = {"store_id": store.id, "external_id": data.external_id}
                known[data.external_id] = entries.create(vals | identity)
                counts["created"] += 1
                continue
            changes = {key: value for key, value in vals.items() if entry[key] != value}
            if changes:
                entry.write(changes)
            counts["updated" if changes else "unchanged"] += 1
        return counts

    @api.model
    def _get_or_create(self, store, data):
        """Return the entry for ``data``, learning it when an order names it first.

        :raises LockError: somebody else learns it at this moment; do it again
        """
        if data is None:
            return self.browse()
        # All of them: they stay in the cache for the next order.
        entries = store.sudo().with_context(active_test=False)[self._store_field]
        for entry in entries:
            if entry.external_id == data.external_id:
                return entry.with_env(self.env)
        identity = {"store_id": store.id, "external_id": data.external_id}
        try:
            with self.env.cr.savepoint():
                entry = entries.create(self._prepare_entry_vals(store, data) | identity)
        except UniqueViolation as error:
            # Learned from another order at this moment; only a new transaction sees it.
            message = self.env._("Somebody else works with this store. Try again.")
            raise LockError(message) from error
        return entry.with_env(self.env)
