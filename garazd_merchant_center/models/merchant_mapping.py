from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class MerchantMapping(models.Model):
    """Which Odoo record is which record of a store. One to one in both directions."""

    _name = "merchant.mapping"
    _description = "Marketplace Mapping Record"
    _order = "store_id, model, id"

    store_id = fields.Many2one("merchant.store", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="store_id.company_id", store=True, precompute=True)
    model = fields.Selection(
        selection="_selection_target_model", string="Record Kind", required=True
    )
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", required=True, index=True
    )
    resource_ref = fields.Reference(
        selection="_selection_target_model",
        string="Record",
        compute="_compute_resource_ref",
        inverse="_inverse_resource_ref",
    )
    external_id = fields.Char(
        string="External Identifier",
        required=True,
        help="The identifier of this record on the marketplace.",
    )
    external_name = fields.Char(string="Name on the Marketplace")

    _external_uniq = models.Constraint(
        "UNIQUE(store_id, model, external_id)",
        "This external identifier is already mapped to another record in the same store.",
    )
    _record_uniq = models.Constraint(
        "UNIQUE(store_id, model, res_id)",
        "This record is already mapped in the same store.",
    )

    @api.model
    def _selection_target_model(self):
        """Return the kinds of records that are mapped; modules add theirs."""
        names = ("product.product", "product.category", "res.partner")
        return [(name, self.env["ir.model"]._get(name).name) for name in names]

    @api.depends("model", "res_id")
    def _compute_resource_ref(self):
        for mapping in self:
            known = mapping.model in self.env and mapping.res_id
            record = self.env[mapping.model].browse(mapping.res_id).exists() if known else None
            mapping.resource_ref = f"{mapping.model},{mapping.res_id}" if record else False

    def _inverse_resource_ref(self):
        for mapping in self.filtered("resource_ref"):
            record = mapping.resource_ref
            mapping.write({"model": record._name, "res_id": record.id})

    @api.depends("external_id", "external_name")
    def _compute_display_name(self):
        for mapping in self:
            mapping.display_name = mapping.external_name or mapping.external_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to know the record from the start, and to bring the listings in line."""
        vals_list = [self._tidy(self._split_reference(vals)) for vals in vals_list]
        # What is mapped already is said with its name.
        store_ids = {vals["store_id"] for vals in vals_list if vals.get("store_id")}
        self.env["merchant.store"].browse(store_ids).check_access("read")
        self._check_free(vals_list)
        mappings = super().create(vals_list)
        mappings._check_records()
        mappings._tell_listings()
        return mappings

    def write(self, vals):
        """Override to bring the listings in line, those mapped before and those mapped now."""
        before = self._get_listing_keys()
        result = super().write(self._tidy(vals))
        if not vals.keys().isdisjoint(("store_id", "model", "res_id")):
            self._check_records()
        self._tell_listings(before)
        return result

    def unlink(self):
        """Override to bring the listings in line."""
        before = self._get_listing_keys()
        result = super().unlink()
        self.browse()._tell_listings(before)
        return result

    def _check_records(self):
        """Refuse records of others: a mapping tells their names, and orders take them.

        :raises AccessError: whoever maps a record may not read it, or its store
        :raises ValidationError: the record is of another company than its store
        """
        self.store_id.check_access("read")
        for (store, model), mappings in self.grouped(lambda m: (m.store_id, m.model)).items():
            records = self.env[model].browse(mappings.mapped("res_id"))
            records.check_access("read")
            if "company_id" not in records._fields:
                continue
            # Of records that were deleted meanwhile nothing is known.
            records = records.exists()
            own = records.filtered_domain(records._check_company_domain(store.company_id))
            if stranger := (records - own)[:1]:
                raise ValidationError(
                    self.env._(
                        "%(record)s belongs to another company than the store %(store)s.",
                        record=stranger.display_name,
                        store=store.name,
                    )
                )

    @api.model
    def _tidy(self, vals):
        """Return values without the blanks that come along when an identifier is pasted.

        :raises ValidationError: it is of another kind of records, whose names may be nobody's
            business
        """
        model = vals.get("model")
        if model and model not in dict(self._selection_target_model()):
            raise ValidationError(
                self.env._("Records of the kind %(model)s are not mapped.", model=model)
            )
        external_id = vals.get("external_id")
        return {**vals, "external_id": external_id.strip() or False} if external_id else vals

    @api.model
    def _split_reference(self, vals):
        """Return values that name the record the way it is stored."""
        if not vals.get("resource_ref"):
            return vals
        model, res_id = vals["resource_ref"].split(",")
        return {**vals, "model": model, "res_id": int(res_id)}

    @api.model
    def _check_free(self, vals_list):
        """Refuse what is mapped already, in words that name the other side.

        The database refuses it too, but cannot say that.

        :raises ValidationError: one of the two sides is mapped in the store
        """
        domain = Domain("external_id", "in", [vals.get("external_id") for vals in vals_list])
        domain |= Domain("res_id", "in", [vals.get("res_id") for vals in vals_list])
        known = self.sudo().search(domain)
        by_external_id = {(m.store_id.id, m.model, m.external_id): m for m in known}
        by_record = {(m.store_id.id, m.model, m.res_id): m for m in known}
        for vals in vals_list:
            kind = (vals.get("store_id"), vals.get("model"))
            mapping = by_external_id.get((*kind, vals.get("external_id")))
            mapping = mapping or by_record.get((*kind, vals.get("res_id")))
            if mapping and (record := mapping.resource_ref):
                raise ValidationError(
                    self.env._(
                        "%(record)s is already mapped to %(external_id)s in the store %(store)s. "
                        "Change or delete that mapping first.",
                        record=record.display_name,
                        external_id=mapping.external_id,
                        store=mapping.store_id.name,
                    )
                )

    def _get_listing_keys(self):
        return [(m.store_id, m.external_id) for m in self if m.model == "product.product"]

    def _tell_listings(self, before=()):
        keys = [*before, *self._get_listing_keys()]
        if keys:
            stores = self.env["merchant.store"].union(*(store for store, _id in keys))
            self.env["merchant.listing"]._follow_mappings(stores, {ref for _s, ref in keys})

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, store, model, external_ids):
        """Return the mapped records that still exist.

        :param list[str] external_ids: identifiers on the marketplace
        :rtype: dict[str, odoo.models.BaseModel]
        """
        mappings = self.sudo().search(
            [
                ("store_id", "=", store.id),
                ("model", "=", model),
                ("external_id", "in", list(external_ids)),
            ]
        )
        existing = self.env[model].browse(mappings.mapped("res_id")).exists()
        by_id = {record.id: record for record in existing}
        return {
            mapping.external_id: by_id[mapping.res_id]
            for mapping in mappings
            if mapping.res_id in by_id
        }

    @api.model
    def _link(self, store, model, pairs):
        """Map records unless one of the two sides is mapped already.

        :param str model: the kind of all the records
        :param list pairs: tuples of record, external identifier and name on the marketplace
        :return: the external identifiers that are mapped to their record now
        :rtype: set[str]
        """
        mappings = self.sudo().search(
            [
                ("store_id", "=", store.id),
                ("model", "=", model),
                "|",
                ("external_id", "in", [external_id for _record, external_id, _name in pairs]),
                ("res_id", "in", [record.id for record, _external_id, _name in pairs]),
            ]
        )
        # Nothing removes a mapping together with its record.
        existing = self.env[model].browse(mappings.mapped("res_id")).exists()
        stale = mappings.filtered(lambda mapping: mapping.res_id not in existing._ids)
        stale.unlink()
        mappings -= stale
        by_external_id = {mapping.external_id: mapping.res_id for mapping in mappings}
        records = set(mappings.mapped("res_id"))
        vals_list = []
        for record, external_id, name in pairs:
            if external_id in by_external_id or record.id in records:
                continue
            by_external_id[external_id] = record.id
            records.add(record.id)
            vals_list.append(
                {
                    "store_id": store.id,
                    "model": model,
                    "res_id": record.id,
                    "external_id": external_id,
                    "external_name": name,
                }
            )
        self.sudo().create(vals_list)
        return {
            external_id
            for record, external_id, _name in pairs
            if by_external_id.get(external_id) == record.id
        }
