import logging
import secrets
from ast import literal_eval
from datetime import timedelta

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, float_round, split_every

from ..tools.document import Document, compress
from ..tools.generation import Generation
from ..tools.picture import extension
from ..tools.text import clean_line

_logger = logging.getLogger(__name__)

# Products read and rendered together.
PAGE_SIZE = 500
PREVIEW_OFFERS = 20
# After a failure the next attempt does not wait longer than this.
RETRY_HOURS = 1
# Characters of a failure kept on the record.
MAX_ERROR = 2000
MAX_OFFER_ID = 255
# Identifiers made of the database id. No internal reference of this form is used as it is, so the
# two kinds cannot collide.
ID_PREFIX = "odoo-"


class ProductDataFeed(models.Model):
    """A price list that is published as a file under a public link.

    The record says *what* is sold: products, prices, quantities, pictures, identifiers. *How* this
    is written down is up to the model of its format (``_get_format``) and to the QWeb template.
    """

    _name = "product.data.feed"
    _description = "Product Data Feed"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    # Record
    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True,
        help="The link of an archived feed answers as if the feed did not exist.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    format = fields.Selection(
        selection=[("prom", "Prom.ua (XML)")],
        required=True,
        default="prom",
        help="The marketplace whose rules the file follows.",
    )
    template_id = fields.Many2one(
        "ir.ui.view",
        string="Template",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain=[("type", "=", "qweb")],
        ondelete="restrict",
        help="The QWeb template that writes the file. Change it only to add what the settings "
        "here do not offer.",
    )

    # Texts
    lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        required=True,
        default=lambda self: self._default_lang_id(),
        help="The main language of names and descriptions.",
    )
    secondary_lang_id = fields.Many2one(
        "res.lang",
        string="Second Language",
        default=lambda self: self._default_secondary_lang_id(),
        help="Names and descriptions are published in this language too. Prom.ua takes Russian "
        "and Ukrainian: whichever of the two languages is Ukrainian is published as Ukrainian. "
        "A product's translation is published only if both name and description have one.",
    )

    # Prices
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="All prices are converted into this currency at today's rate.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Prices for one piece by this pricelist. Empty: the sales price of the product.",
    )
    compare_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Old Price Pricelist",
        check_company=True,
        help="When its price is higher, it is published as the crossed-out price.",
    )

    # Quantities
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Only the stock of these warehouses is offered. Empty: all warehouses of the company.",
    )
    quantity_basis = fields.Selection(
        selection=[
            ("free", "Free to use"),
            ("on_hand", "On hand"),
            ("forecast", "Forecasted"),
        ],
        required=True,
        default="free",
        help="Free to use: on hand less what is reserved for orders.\n"
        "On hand: everything in the warehouse, reserved or not.\n"
        "Forecasted: on hand with expected receipts and deliveries.",
    )
    stock_buffer = fields.Integer(
        string="Safety Stock",
        help="Pieces kept back: with 2, a product of which 5 are left is offered 3 times, and one "
        "of which 2 are left is sold out.",
    )
    include_unavailable = fields.Boolean(
        string="Publish Sold-Out Products",
        default=True,
        help="Sold-out products stay in the file and are marked as not available. Without it they "
        "are left out, and the marketplace does what its import settings say about missing "
        "products.",
    )
    zero_stock_availability = fields.Selection(
        selection=[("empty", "Not available"), ("false", "On order")],
        string="Sold Out Means",
        required=True,
        default="empty",
        help="Not available: buyers cannot order it (an empty value in the file).\n"
        "On order: buyers can order it and wait (the value false).",
    )

    # Products
    domain = fields.Char(
        string="Products",
        required=True,
        default=repr([("sale_ok", "=", True), ("type", "=", "consu")]),
        help="Only products that fit these conditions are published.",
    )
    image_limit = fields.Integer(
        string="Pictures per Product",
        default=10,
        help="The main picture comes first. Prom.ua takes up to 10.",
    )

    # Publication
    access_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self._new_token(),
        groups="base.group_system",
    )
    url = fields.Char(
        string="Link",
        compute="_compute_url",
        compute_sudo=True,
        help="Give this link to the marketplace. Whoever knows it can read the file.",
    )
    interval_hours = fields.Integer(
        string="Refresh Every",
        required=True,
        default=4,
        help="The file is generated again after so many hours. Prom.ua itself reads prices and "
        "availability every 4 hours.",
    )
    next_generation_at = fields.Datetime(
        string="Next Generation",
        compute="_compute_next_generation_at",
        store=True,
        precompute=True,
        index=True,
        copy=False,
    )
    generated_at = fields.Datetime(readonly=True, copy=False)
    offer_count = fields.Integer(string="Offers", readonly=True, copy=False)
    file_size = fields.Integer(string="File Size (Bytes)", readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, groups="base.group_system"
    )
    compressed_attachment_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, groups="base.group_system"
    )
    last_error = fields.Text(readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("published", "Published"),
            ("failed", "Failed"),
        ],
        compute="_compute_state",
    )
    issue_ids = fields.One2many("product.data.feed.issue", "feed_id", readonly=True)
    error_count = fields.Integer(string="Left Out", compute="_compute_issue_counts")
    warning_count = fields.Integer(string="Warnings", compute="_compute_issue_counts")

    _access_token_uniq = models.Constraint(
        "UNIQUE(access_token)", "Two feeds cannot have the same link."
    )
    _image_limit_range = models.Constraint(
        "CHECK(image_limit BETWEEN 1 AND 10)",
        "Pictures per Product is a number from 1 to 10.",
    )
    _stock_buffer_positive = models.Constraint(
        "CHECK(stock_buffer >= 0)", "Safety Stock cannot be negative."
    )
    _interval_positive = models.Constraint(
        "CHECK(interval_hours >= 1)", "A feed is refreshed every hour at most."
    )

    # === DEFAULTS AND COMPUTED FIELDS === #

    @api.model
    def _new_token(self):
        """Return 192 random bits in a form that fits into a link."""
        return secrets.token_urlsafe(24)

    @api.model
    def _default_lang_id(self):
        languages = self.env["res.lang"].search([])
        for code in ("ru_RU", "uk_UA", self.env.lang, self.env.company.partner_id.lang):
            if found := languages.filtered(lambda lang, code=code: lang.code == code):
                return found
        return languages[:1]

    @api.model
    def _default_secondary_lang_id(self):
        ukrainian = self.env["res.lang"].search([("code", "=", "uk_UA")], limit=1)
        return ukrainian - self._default_lang_id()

    @api.depends("format")
    def _compute_template_id(self):
        for feed in self:
            # Elevated: templates are readable for administrators only.
            feed.template_id = feed.sudo()._get_format()._get_template() if feed.format else False

    @api.depends("company_id")
    def _compute_currency_id(self):
        hryvnia = self.env["res.currency"].search([("name", "=", "UAH")], limit=1)
        for feed in self:
            if not feed.currency_id:
                feed.currency_id = hryvnia or feed.company_id.currency_id

    @api.depends("access_token", "format")
    def _compute_url(self):
        for feed in self:
            feed.url = f"{feed._get_public_path()}/{feed.format}.xml" if feed.access_token else ""

    @api.depends("generated_at", "interval_hours")
    def _compute_next_generation_at(self):
        now = fields.Datetime.now()
        for feed in self:
            interval = timedelta(hours=feed.interval_hours)
            feed.next_generation_at = feed.generated_at + interval if feed.generated_at else now

    @api.depends("last_error", "generated_at", "next_generation_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for feed in self:
            if not feed.next_generation_at or feed.next_generation_at <= now:
                feed.state = "waiting"
            elif feed.last_error:
                feed.state = "failed"
            else:
                feed.state = "published" if feed.generated_at else "waiting"

    @api.depends("issue_ids.severity", "issue_ids.product_id")
    def _compute_issue_counts(self):
        groups = self.env["product.data.feed.issue"]._read_group(
            [("feed_id", "in", self.ids)],
            ["feed_id", "severity"],
            ["product_id:count_distinct", "__count"],
        )
        counts = {(feed, severity): (products, n) for feed, severity, products, n in groups}
        for feed in self:
            feed.error_count = counts.get((feed, "error"), (0, 0))[0]
            feed.warning_count = counts.get((feed, "warning"), (0, 0))[1]

    # === CONSTRAINTS === #

    @api.constrains("domain")
    def _check_domain(self):
        for feed in self:
            # With the rights of whoever writes it: conditions on hidden fields are refused.
            feed.env["product.product"].search_count(feed._parse_domain(), limit=1)

    # === ACTIONS === #

    def action_generate(self):
        """Have the files generated in the background, at once.

        :return: a notification
        :rtype: dict
        """
        self._request_generation()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The file is being prepared. Until it is ready the link gives the last one."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_preview(self):
        """Open the first offers of the file as it would be generated now.

        :return: the action that opens the browser's window
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/product_feed/preview/{self.id}",
            "target": "new",
        }

    def action_rotate_token(self):
        """Make a new link; the old one stops working at once.

        :return: a notification
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        self.sudo().access_token = self._new_token()
        # The links to the pictures hold the token too.
        self._request_generation()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "The link has changed and the old one no longer works. "
                    "Give the new link to the marketplace."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_issues(self):
        """Open everything the last generation found.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "garazd_product_feed.product_data_feed_issue_action"
        )
        return action | {"domain": [("feed_id", "=", self.id)]}

    def _request_generation(self):
        """Put these feeds first in the queue and wake the scheduled action at commit."""
        self.check_access("write")
        self.sudo().next_generation_at = fields.Datetime.now()
        self.env.ref("garazd_product_feed.cron_generate").sudo()._trigger()

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_generate(self):
        """Generate the feeds that are due. Entry point of `cron_generate`.

        The job runs once at a time, so feeds need no lock. Whoever changes the settings of a feed
        meanwhile makes its result be thrown away, and it is done again.
        """
        domain = [("next_generation_at", "<=", fields.Datetime.now())]
        feed_ids = self.search(domain, order="next_generation_at, id").ids
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(feed_ids))
        for feed_id in feed_ids:
            feed = self.browse(feed_id)
            try:
                feed._generate_guarded()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                _logger.info("Product feed %s was changed while it was generated", feed_id)
                cron = self.env.ref("garazd_product_feed.cron_generate")
                cron._trigger(at=fields.Datetime.now() + timedelta(minutes=1))
            if not progress(1):
                break

    def _generate_guarded(self):
        """Generate one feed; a failure is recorded on it and keeps the last good file.

        :raises psycopg2.Error: somebody else changed the feed; roll back and try again
        """
        try:
            with self.env.cr.savepoint():
                self._generate()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("Product feed %s was not generated", self.id)
            self._record_failure(error)

    def _record_failure(self, error):
        """Tell what went wrong, and when it will be tried again.

        :param Exception error: what stopped the generation
        """
        known = isinstance(error, (UserError, etree.XMLSyntaxError))
        text = clean_line(str(error)) if known else f"{type(error).__name__}: {error}"
        hours = min(self.interval_hours, RETRY_HOURS)
        is_new = not self.last_error
        self.write(
            {
                "last_error": text[:MAX_ERROR],
                "next_generation_at": fields.Datetime.now() + timedelta(hours=hours),
            }
        )
        if is_new:
            self.message_post(
                body=self.env._(
                    "The file could not be generated; the link gives the last good one. "
                    "Reason: %(reason)s",
                    reason=text[:MAX_ERROR],
                )
            )

    # === GENERATION === #

    def _get_format(self):
        """Return the model that knows the rules of this feed's format.

        :rtype: product.data.feed.format
        :raises UserError: no module provides it
        """
        self.ensure_one()
        name = f"product.data.feed.format.{self.format}"
        if name not in self.env:
            raise UserError(
                self.env._("No module provides the feed format %(format)s.", format=self.format)
            )
        return self.env[name]

    def _with_feed_context(self):
        """Return the feed as its file is made: all products of its company, its language."""
        self.ensure_one()
        # Elevated: the file must not depend on who pressed the button. What it may show is the
        # domain, the company and the fields that the format prints.
        return self.sudo().with_context(
            lang=self.lang_id.code,
            allowed_company_ids=self.company_id.ids,
            warehouse_id=self.sudo().warehouse_ids.ids or False,
            active_test=True,
        )

    def _generate(self):
        """Render the file and publish it, in the current transaction."""
        feed = self._with_feed_context()
        generation = Generation()
        with Document() as document:
            for offers in feed._iter_offers(generation):
                document.append(feed._render_parts(offers=offers)[1])
            categories = feed._get_categories(generation)
            head, _body, tail = feed._render_parts(categories=categories, generation=generation)
            content = document.finish(head, tail)
        feed._publish(content, generation)

    def _render_preview(self, limit=PREVIEW_OFFERS):
        """Return the file with its first offers. Nothing is stored or published.

        :param int limit: how many offers
        :rtype: bytes
        """
        feed = self._with_feed_context()
        generation = Generation()
        offers = next(feed._iter_offers(generation), [])[:limit]
        generation.category_ids = {offer["category_id"] for offer in offers}
        categories = feed._get_categories(generation)
        parts = feed._render_parts(offers, categories, generation)
        return "".join(parts).strip().encode()

    def _iter_offers(self, generation):
        """Yield the values of the offers to publish, page by page.

        :param Generation generation: collects findings and counters
        :rtype: Iterator[list[dict]]
        """
        # Variants of one template are neighbours: the rules about groups need that.
        product_ids = self.env["product.product"].search(
            self._get_product_domain(), order="product_tmpl_id.id, id"
        )._ids
        feed_format = self._get_format()
        for page_ids in split_every(PAGE_SIZE, product_ids):
            products = self.env["product.product"].browse(page_ids)
            offers = feed_format._prepare_offers(self, products, generation)
            generation.offer_count += len(offers)
            if offers:
                yield offers
            if len(product_ids) > PAGE_SIZE:
                # A big catalogue does not fit into memory with all its texts.
                self.env.invalidate_all()

    def _render_parts(self, offers=(), categories=(), generation=None):
        """Render the template and cut it around the offers.

        :param list offers: values by the format's ``_prepare_offers``
        :param list categories: values by the format's ``_prepare_categories``
        :param Generation generation: given for the beginning and the end of the file
        :return: what comes before the offers, the offers, what comes after
        :rtype: list[str]
        :raises UserError: the template does not say where the offers begin and end
        """
        # Random, so that no product text can contain it.
        cut = Markup("<!--%s-->") % secrets.token_hex(8)
        values = {
            **self._get_format()._prepare_document_vals(self),
            "offers": offers,
            "categories": categories,
            "cut": cut,
        }
        parts = str(self.env["ir.qweb"]._render(self.template_id.id, values)).split(str(cut))
        if len(parts) != 3:
            raise UserError(
                self.env._(
                    'The template %(template)s must print <t t-out="cut"/> once before and once '
                    "after the offers.",
                    template=self.template_id.display_name,
                )
            )
        return parts

    def _publish(self, content, generation):
        """Put a new file in place of the old one. Readers see it when the transaction ends.

        :param bytes content: the whole file
        :param Generation generation: what was found on the way
        """
        compressed = compress(content)
        self._store_file("attachment_id", f"{self.format}.xml", content, "application/xml")
        self._store_file(
            "compressed_attachment_id", f"{self.format}.xml.gz", compressed, "application/gzip"
        )
        if self.last_error:
            self.message_post(body=self.env._("The file is generated again without errors."))
        self.write(
            {
                "generated_at": fields.Datetime.now(),
                "offer_count": generation.offer_count,
                "file_size": len(content),
                "last_error": False,
            }
        )
        self.env["product.data.feed.issue"]._replace(self, generation.findings)

    def _store_file(self, field_name, name, content, mimetype):
        vals = {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": self._name,
            "res_id": self.id,
            # Files of a field are not shown among the documents of the chatter.
            "res_field": field_name,
        }
        if self[field_name]:
            self[field_name].write(vals)
        else:
            self[field_name] = self.env["ir.attachment"].create(vals)
