from datetime import timedelta

from odoo import api, fields, models

KEPT_DAYS = 90


class ProductDataFeedRun(models.Model):
    """One generation of a feed: who or what started it, and what came of it."""

    _name = "product.data.feed.run"
    _description = "Product Data Feed Generation"
    _order = "id desc"
    _rec_name = "create_date"

    feed_id = fields.Many2one(
        "product.data.feed", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="feed_id.company_id", store=True)
    create_date = fields.Datetime(string="Finished", readonly=True)
    state = fields.Selection(
        selection=[
            ("published", "Published"),
            ("held", "Needs a Decision"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        required=True,
        readonly=True,
    )
    origin = fields.Selection(
        selection=[
            ("schedule", "Schedule"),
            ("change", "Changed products"),
            ("user", "User"),
        ],
        string="Started By",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", readonly=True)
    offer_count = fields.Integer(string="Offers", readonly=True)
    rendered_count = fields.Integer(
        string="Rendered", readonly=True, help="Offers that were new or had changed."
    )
    left_out_count = fields.Integer(
        string="Left Out", readonly=True, help="Products that are not in the file, having errors."
    )
    file_size = fields.Integer(string="File Size (Bytes)", readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 1))
    message = fields.Text(readonly=True)

    @api.autovacuum
    def _gc_runs(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("create_date", "<", limit)]).unlink()
