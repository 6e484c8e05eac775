from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # Which cause of issues of a store the activity is about; it goes when the last of them does.
    merchant_issue_code = fields.Char(readonly=True, groups="base.group_user")
