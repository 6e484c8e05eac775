import base64
import io

from lxml import etree
from PIL import Image

from odoo import Command
from odoo.tests import TransactionCase, new_test_user


def make_picture(color="red", size=(64, 48), kind="JPEG"):
    """Return a picture as binary fields take it."""
    output = io.BytesIO()
    Image.new("RGB", size, color).save(output, kind)
    return base64.b64encode(output.getvalue())


class FeedCommon(TransactionCase):
    """A company in euros, hryvnias at 40 to the euro, and a feed of the products of a category.

    Nothing here depends on the currency, the language or the data of the main company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.euro = currencies.search([("name", "=", "EUR")])
        cls.hryvnia = currencies.search([("name", "=", "UAH")])
        (cls.euro + cls.hryvnia).active = True
        cls.ukrainian = cls.env["res.lang"]._activate_lang("uk_UA")
        cls.english = cls.env["res.lang"]._activate_lang("en_US")
        cls.company = cls.env["res.company"].create(
            {"name": "Калина & Ко", "currency_id": cls.euro.id}
        )
        cls.env.user.write(
            {"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id}
        )
        cls.env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                    "name": "2020-01-01",
                    "rate": rate,
                }
                for currency, rate in ((cls.euro, 1.0), (cls.hryvnia, 40.0))
            ]
        )
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.category = cls.env["product.category"].create({"name": "Кераміка"})
        cls.feed = cls._make_feed()
        cls.manager = new_test_user(
            cls.env,
            "feed_manager",
            groups="product.group_product_manager,stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.reader = new_test_user(
            cls.env,
            "feed_reader",
            groups="stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_feed(cls, **changes):
        return cls.env["product.data.feed"].create(
            {
                "name": "Prom",
                "company_id": cls.company.id,
                "lang_id": cls.english.id,
                "secondary_lang_id": False,
                "domain": repr([("categ_id", "child_of", cls.category.ids)]),
                # Tests publish a handful of products and take some away.
                "max_drop_percent": 100,
                "ignored_codes": ["portal_category_missing", "vendor_missing"],
                **changes,
            }
        )

    @classmethod
    def _make_product(cls, **changes):
        return cls.env["product.product"].create(
            {
                "name": "Clay pot",
                "list_price": 10.0,
                "categ_id": cls.category.id,
                "is_storable": True,
                "description_sale": "A pot made of clay, glazed inside and outside by hand.",
                "image_1920": make_picture(),
                **changes,
            }
        )

    @classmethod
    def _make_template(cls, values=("Red", "Blue"), **changes):
        """Create a product with one variant per value of an attribute."""
        attribute = cls.env["product.attribute"].create(
            {"name": "Color", "value_ids": [Command.create({"name": name}) for name in values]}
        )
        return cls.env["product.template"].create(
            {
                "name": "Clay cup",
                "list_price": 5.0,
                "categ_id": cls.category.id,
                "is_storable": True,
                "description_sale": "A cup made of clay, glazed inside and outside by hand.",
                "image_1920": make_picture("blue"),
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
                **changes,
            }
        )

    @classmethod
    def _set_stock(cls, product, quantity, warehouse=None):
        location = (warehouse or cls.warehouse).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(product, location, quantity)

    @classmethod
    def _read_file(cls, feed=None):
        """Return the published file, parsed."""
        return etree.fromstring((feed or cls.feed).sudo().attachment_id.raw)

    @classmethod
    def _generate(cls, feed=None, full=False):
        """Generate the feed and return its file, parsed."""
        (feed or cls.feed)._generate(full=full)
        return cls._read_file(feed)

    def _get_offer(self, product, feed=None):
        """Generate the feed and return the element of one product."""
        feed = feed or self.feed
        found = self._generate(feed).xpath("//offer[@id=$id]", id=feed._get_offer_id(product))
        self.assertEqual(len(found), 1)
        return found[0]

    def _get_codes(self, product, feed=None):
        """Generate the feed and return what it found about one product."""
        feed = feed or self.feed
        feed._generate()
        return set(
            feed.issue_ids.filtered(lambda issue: issue.product_id == product).mapped("code")
        )
