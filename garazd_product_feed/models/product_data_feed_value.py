from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import words
from ..tools.readable import is_publishable

# What a value may be read from in other modules, best first: the module that adds the field may be
# installed or not.
VENDOR_FIELDS = ("product_brand_id", "brand_id", "manufacturer_id", "manufacturer")
# Retail, wholesale, both, service.
SELLING_TYPES = ("r", "w", "u", "s")
LENGTH_TARGETS = ("width", "height", "length")
# Types of fields whose values are printed in words.
WORDED_TYPES = ("selection", "date", "datetime", "reference")
# Computed fields that are read faster where their values come from.
JOINED_FIELDS = {"all_product_tag_ids": ("product_tag_ids", "additional_product_tag_ids")}
# What leads from a product to itself and its tags: those rows are part of its stamp.
OWN_MODELS = ("product.product", "product.template")
OWN_FIELDS = (
    "product_tmpl_id",
    "product_variant_ids",
    "product_variant_id",
    "product_tag_ids",
    "additional_product_tag_ids",
    "all_product_tag_ids",
)


class ProductDataFeedValue(models.Model):
    """Where a feed takes one of the values of its offers from.

    Several lines may be about the same value: the first one that is not empty counts.
    """

    _name = "product.data.feed.value"
    _description = "Value of a Data Feed"
    _order = "sequence, id"

    feed_id = fields.Many2one("product.data.feed", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    target = fields.Selection(
        selection=[
            ("name", "Name"),
            ("description", "Description"),
            ("keywords", "Search queries"),
            ("vendor", "Manufacturer"),
            ("vendor_code", "Article"),
            ("gtin", "Barcode (GTIN)"),
            ("mpn", "Part number (MPN)"),
            ("country", "Country of origin"),
            ("portal_category", "Category on the marketplace"),
            ("selling_type", "Kind of sale"),
            ("minimum_order_quantity", "Minimum order quantity"),
            ("ready_to_ship", "Ready to ship"),
            ("on_order", "On order when sold out"),
            ("weight", "Weight of the package"),
            ("width", "Width of the package"),
            ("height", "Height of the package"),
            ("length", "Length of the package"),
            ("param", "Attribute"),
        ],
        string="Value",
        required=True,
        help="What is published: one of the values that the marketplace knows, or an attribute "
        "with a name of your own.",
    )
    param_name = fields.Char(
        string="Attribute Name",
        help="The name under which the attribute is published, exactly as the marketplace writes "
        "it.",
    )
    source = fields.Selection(
        selection=[
            ("field", "A field of the product"),
            ("attribute", "An attribute of the product"),
            ("text", "The same text for all"),
        ],
        string="Kind of Source",
        required=True,
        default="field",
    )
    field_path = fields.Char(
        string="Field",
        help="For example Internal Reference. The arrow beside a name leads on to what the field "
        "refers to.",
    )
    target_name = fields.Char(compute="_compute_names")
    source_name = fields.Char(string="Source", compute="_compute_names")
    # For the widget that chooses a field.
    product_model = fields.Char(compute="_compute_product_model")
    attribute_id = fields.Many2one(
        "product.attribute", string="Product Attribute", ondelete="cascade"
    )
    text = fields.Char()
    uom_id = fields.Many2one(
        "uom.uom",
        string="Measured In",
        help="The unit of the field. Empty: the weight as Odoo is set up, lengths in centimeters.",
    )

    @api.depends("target", "param_name", "source", "field_path", "attribute_id", "text")
    @api.depends_context("lang")
    def _compute_names(self):
        """Say in words which value it is and where it comes from."""
        for line in self:
            name = line._get_target_name()
            line.target_name = f"{name} {line.param_name}" if line.param_name else name
            match line.source:
                case "field":
                    line.source_name = line._get_field_title()
                case "attribute":
                    line.source_name = line.attribute_id.display_name
                case _:
                    line.source_name = line.text

    def _get_field_title(self):
        """Return the labels of the fields of the path; the path if there is no such field."""
        model = self.env["product.product"]
        labels = []
        for name in (self.field_path or "").split("."):
            field = model._fields.get(name) if model is not None else None
            if not field:
                return self.field_path
            labels.append(field._description_string(self.env))
            model = self.env[field.comodel_name] if field.relational else None
        return " > ".join(labels)

    def _compute_product_model(self):
        self.product_model = "product.product"

    @api.constrains("source", "field_path", "attribute_id", "text", "target", "param_name")
    def _check_source(self):
        for line in self:
            given = {"field": line.field_path, "attribute": line.attribute_id, "text": line.text}
            if not given[line.source]:
                raise ValidationError(
                    self.env._(
                        "Say where the value %(value)s is taken from.",
                        value=line._get_target_name(),
                    )
                )
            if line.target == "selling_type" and line.source == "text":
                line._check_selling_type()
            if line.target == "param" and not line.param_name:
                raise ValidationError(self.env._("Give the attribute a name."))
            if line.source == "field":
                line._check_field_path()

    def _check_selling_type(self):
        if self.text.strip().lower() not in SELLING_TYPES:
            raise ValidationError(
                self.env._(
                    "%(text)s is no kind of sale. Write r (retail), w (wholesale only), u (both) "
                    "or s (service).",
                    text=self.text,
                )
            )

    def _check_field_path(self):
        """Refuse fields that do not exist, or that must not get into a public file.

        :raises ValidationError: whoever chooses a field may not read it, or it is nobody's business
        """
        # Constraints run with elevated rights, for the user who writes.
        env = self.env(su=False)
        for line in self:
            model = env["product.product"]
            names = line.field_path.split(".")
            for position, name in enumerate(names, 1):
                field = model._fields.get(name) if model is not None else None
                if not field or not _is_public(model, field):
                    line._refuse_field()
                if position < len(names) and not field.relational:
                    line._refuse_field()
                model = env[field.comodel_name] if field.relational else None

    def _refuse_field(self):
        raise ValidationError(
            self.env._(
                "The field %(field)s does not exist, is not readable or cannot be published.",
                field=self.field_path,
            )
        )

    def _get_target_name(self):
        return dict(self._fields["target"]._description_selection(self.env)).get(self.target, "")

    @api.model
    def _get_default_lines(self):
        """Return the lines of a new feed, for what this database has.

        :rtype: list[dict]
        """
        lines = [
            {"target": "name", "field_path": "name"},
            {"target": "description", "field_path": "portal_description"},
            {"target": "description", "field_path": "description_ecommerce"},
            {"target": "description", "field_path": "description_sale"},
            {"target": "keywords", "field_path": "all_product_tag_ids"},
            *self._get_default_vendor_lines(),
            {"target": "vendor_code", "field_path": "default_code"},
            {"target": "gtin", "field_path": "barcode"},
            {"target": "country", "field_path": "country_of_origin"},
            {"target": "portal_category", "field_path": "portal_category_ref"},
            {"target": "weight", "field_path": "weight"},
            # OCA's product_dimension.
            {"target": "width", "field_path": "product_width"},
            {"target": "height", "field_path": "product_height"},
            {"target": "length", "field_path": "product_length"},
        ]
        known = self.env["product.product"]._fields
        return [
            {"sequence": number, "source": "field", **line}
            for number, line in enumerate(lines, 1)
            if "field_path" not in line or line["field_path"] in known
        ]

    @api.model
    def _get_default_vendor_lines(self):
        # Elevated: whoever makes a feed may not be allowed to read attributes.
        attribute = (
            self.env["product.attribute"]
            .sudo()
            .search(Domain.OR(Domain("name", "=ilike", word) for word in words.VENDOR), limit=1)
        )
        lines = [{"target": "vendor", "field_path": name} for name in VENDOR_FIELDS]
        if attribute:
            lines.append({"target": "vendor", "source": "attribute", "attribute_id": attribute.id})
        return lines

    # === READING === #

    def _get_key(self):
        """Return what tells apart the values of an offer: the target, for attributes their name."""
        return (self.target, self.param_name) if self.target == "param" else self.target

    def _get_factor(self):
        """Return what turns the number into kilograms or centimeters; 1 for everything else.

        :rtype: float
        """
        if self.target == "weight":
            unit = self.uom_id or self._get_weight_unit()
            return unit._compute_quantity(1.0, self.env.ref("uom.product_uom_kgm"), round=False)
        if self.target in LENGTH_TARGETS and self.uom_id:
            centimeter = self.env.ref("uom.product_uom_cm")
            return self.uom_id._compute_quantity(1.0, centimeter, round=False)
        return 1.0

    def _get_weight_unit(self):
        return self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()

    def _compile(self, page):
        """Return a function that reads the value of a product.

        :param Page page: what was read for the products together
        :return: takes the id of a variant and a language, returns what is not empty: texts,
            numbers, or True
        :rtype: Callable[[int, str], list]
        """
        self.ensure_one()
        match self.source:
            case "text":
                texts = [self.text] if self.text else []
                return lambda _product_id, _lang: texts
            case "attribute":
                attribute_id = self.attribute_id.id
                return lambda product_id, lang: [
                    page.get_value_name(value_id, lang)
                    for value_id in page.attributes[product_id].get(attribute_id, ())
                ]
            case _:
                return self._compile_field(page)

    def _compile_field(self, page):
        field = self._get_field()
        if not field:
            # Its module was removed.
            return lambda _product_id, _lang: []
        first, *path = self.field_path.split(".")
        known = self.env["product.product"]._fields
        # Fields of the template are read there: through the variant they would be computed, once
        # for each language.
        sources = [
            (page.templates if known[name].inherited else page.products, [name, *path])
            for name in JOINED_FIELDS.get(first, (first,))
        ]
        if len(sources) == 1 and not path and not field.relational:
            return _read_plain(sources[0][0], field)
        return lambda product_id, lang: [
            value
            for records, names in sources
            for value in _collect(records[lang][product_id], names, field)
        ]

    def _get_field(self):
        """Return the last field of the path; ``None`` when it does not exist (any more).

        :rtype: odoo.fields.Field | None
        """
        model = self.env["product.product"]
        field = None
        for name in (self.field_path or "").split("."):
            field = model._fields.get(name) if model is not None else None
            if not field:
                return None
            model = self.env[field.comodel_name] if field.relational else None
        return field

    def _is_html(self):
        """Tell whether the value is HTML rather than plain text."""
        field = self._get_field() if self.source == "field" else None
        return bool(field and field.type == "html")

    def _get_dependencies(self):
        """Return what the value depends on beside the product's own records.

        :return: model names; ``None`` when that cannot be known
        :rtype: set[str] | None
        """
        if self.source != "field":
            return set()
        return self._get_path_dependencies("product.product", self.field_path.split("."), set())

    def _get_path_dependencies(self, model_name, names, seen, is_own=True):
        """Follow a path, and what its computed fields depend on, to stored fields.

        :param str model_name: where the path begins
        :param list names: of fields
        :param set seen: the computed fields that led here, each with ``is_own``
        :param bool is_own: it begins at the product itself, not at another one
        :return: model names; ``None`` when they cannot be known
        :rtype: set[str] | None
        """
        found = set()
        for position, name in enumerate(names):
            field = self.env[model_name]._fields.get(name)
            if not field:
                break
            if not field.store and (field, is_own) not in seen:
                below = self._get_computed_dependencies(field, seen | {(field, is_own)}, is_own)
                if below is None:
                    return None
                found |= below
            if field.type == "selection":
                # Its labels.
                found.add("ir.model.fields.selection")
            if not field.relational:
                break
            is_own = is_own and model_name in OWN_MODELS and name in OWN_FIELDS
            model_name = field.comodel_name
            if not is_own:
                found.add(model_name)
            if position == len(names) - 1:
                # What is printed of it.
                path = ["display_name"]
                found |= self._get_path_dependencies(model_name, path, seen, is_own) or set()
        return found

    def _get_computed_dependencies(self, field, seen, is_own):
        paths = self.env.registry.field_depends[field]
        if not paths:
            return None if field.compute else set()
        found = set()
        for path in paths:
            below = self._get_path_dependencies(field.model_name, path.split("."), seen, is_own)
            if below is None:
                return None
            found |= below
        return found


def _is_public(model, field):
    """Tell whether the value of a field may be published by the user of the environment."""
    return (
        is_publishable(field)
        and model._has_field_access(field, "read")
        and model.has_access("read")
    )


def _read_plain(records, field):
    """Return the function for a field of the product itself, by far the most common case."""
    name = field.name
    if field.type in WORDED_TYPES:
        return lambda product_id, lang: _collect(records[lang][product_id], [name], field)

    def read(product_id, lang):
        value = records[lang][product_id][name]
        return [value] if value else []

    return read


def _drop_foreign(records):
    """Return the records that the company of the feed shares: there are no record rules here."""
    if "company_id" not in records._fields:
        return records
    return records.filtered(lambda r: not r.company_id or r.company_id == r.env.company)


def _collect(record, names, field):
    """Return what is at the end of a path: texts, numbers, True, but nothing empty.

    :param record: where the path begins
    :param list names: of fields, the last one is ``field``
    """
    *path, last = names
    for name in path:
        record = _drop_foreign(record[name])
    if field.relational:
        return [item.display_name for item in _drop_foreign(record[last])]
    values = [(item, item[last]) for item in record]
    if field.type in WORDED_TYPES:
        return [str(field.convert_to_export(value, item)) for item, value in values if value]
    return [value for _item, value in values if value]
