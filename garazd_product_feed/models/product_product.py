from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain

from ..tools.picture import READABLE_MIMETYPES
from .product_template import FEED_GROUPS

# Fields of the file that holds a picture; its content is not among them.
PICTURE_FIELDS = ("res_model", "res_id", "res_field", "mimetype", "checksum")


class ProductProduct(models.Model):
    _inherit = "product.product"

    included_feed_ids = fields.Many2many(
        "product.data.feed",
        relation="product_data_feed_included_rel",
        column1="product_id",
        column2="feed_id",
        string="Always in Feeds",
        groups=FEED_GROUPS,
        help="Published in these data feeds even if the product does not fit their conditions.",
    )
    excluded_feed_ids = fields.Many2many(
        "product.data.feed",
        relation="product_data_feed_excluded_rel",
        column1="product_id",
        column2="feed_id",
        string="Never in Feeds",
        groups=FEED_GROUPS,
        help="Left out of these data feeds even if the product fits their conditions.",
    )

    def _get_data_feed_pictures(self):
        """Return the pictures of these variants: the main one, then the extra ones.

        Those are the ones of eCommerce (``product.image``), when the database has it, and the
        documents that are to be published. The number of queries does not depend on the number of
        products.

        :return: for each product id the files, in the order of publication, and how many pictures
            were passed over because no marketplace reads their format
        :rtype: dict[int, tuple[list[ir.attachment], int]]
        """
        extras = self._get_data_feed_extra_pictures()
        sources = {
            ("product.product", "image_variant_1920"): self.ids,
            ("product.template", "image_1920"): self.product_tmpl_id.ids,
            ("product.image", "image_1920"): [id_ for ids in extras.values() for id_ in ids],
        }
        domain = Domain.OR(
            Domain("res_model", "=", model)
            & Domain("res_field", "=", field_name)
            & Domain("res_id", "in", ids)
            for (model, field_name), ids in sources.items()
            if ids
        )
        # Elevated: files of products have no rights of their own, the caller chose the products.
        attachments_sudo = self.env["ir.attachment"].sudo().search_fetch(domain, PICTURE_FIELDS)
        by_record = {(item.res_model, item.res_id): item for item in attachments_sudo}
        documents = self._get_data_feed_documents()
        result = {}
        for product in self:
            main = by_record.get(("product.product", product.id)) or by_record.get(
                ("product.template", product.product_tmpl_id.id)
            )
            pictures = [main] if main else []
            pictures += [
                by_record[key]
                for id_ in extras[product.id]
                if (key := ("product.image", id_)) in by_record
            ]
            pictures += documents[product.id]
            readable = [item for item in pictures if item.mimetype in READABLE_MIMETYPES]
            result[product.id] = (readable, len(pictures) - len(readable))
        return result

    def _get_data_feed_documents(self):
        """Return the documents of each variant that are published: its own, then the template's.

        :rtype: dict[int, list[ir.attachment]]
        """
        owners = {"product.product": self.ids, "product.template": self.product_tmpl_id.ids}
        # Elevated: as with the other files, the caller chose the products.
        documents_sudo = (
            self.env["product.document"]
            .sudo()
            .search(
                Domain("is_feed_picture", "=", True)
                & Domain("mimetype", "=like", "image/%")
                & Domain.OR(
                    Domain("res_model", "=", model) & Domain("res_id", "in", ids)
                    for model, ids in owners.items()
                )
            )
        )
        documents_sudo.ir_attachment_id.fetch(PICTURE_FIELDS)
        by_owner = documents_sudo.grouped(lambda d: (d.res_model, d.res_id))
        nothing = documents_sudo.browse()
        return {
            product.id: list(
                (
                    by_owner.get(("product.product", product.id), nothing)
                    + by_owner.get(("product.template", product.product_tmpl_id.id), nothing)
                ).ir_attachment_id
            )
            for product in self
        }

    def _get_data_feed_extra_pictures(self):
        """Return the ids of the extra pictures of each variant: its own, then the template's."""
        extras = defaultdict(list)
        if "product.image" not in self.env:
            return extras
        images = self.env["product.image"].search_fetch(
            (
                Domain("product_variant_id", "in", self.ids)
                | Domain("product_tmpl_id", "in", self.product_tmpl_id.ids)
            )
            & Domain("video_url", "in", (False, "")),
            ("product_tmpl_id", "product_variant_id"),
        )
        of_variant = images.grouped("product_variant_id")
        of_template = images.grouped("product_tmpl_id")
        for product in self:
            own = of_variant.get(product, images.browse())
            shared = of_template.get(product.product_tmpl_id, images.browse())
            extras[product.id] = (own + (shared - own).filtered(_is_shared)).ids
        return extras


def _is_shared(image):
    return not image.product_variant_id
