from odoo import api, fields, models

from ..exceptions import NeedsUser, StoreUnavailable


class MerchantTokenCheck(models.AbstractModel):
    """What a token opened when it was tried last, as a table that people can read.

    The inheriting model provides ``_get_adapter()`` and ``_explain()``.
    """

    _name = "merchant.token.check"
    _description = "Check of a Token"

    token_check = fields.Json(
        copy=False,
        readonly=True,
        help="By code of a permission: what went wrong, null where it works.",
    )
    permission_rows = fields.Json(string="Permissions", compute="_compute_permission_rows")
    missing_permissions = fields.Char(compute="_compute_permission_rows")

    # === COMPUTE METHODS === #

    @api.depends("token_check")
    @api.depends_context("lang")
    def _compute_permission_rows(self):
        for record in self:
            missing = record._get_missing_permissions()
            record.missing_permissions = ", ".join(permission.name for permission in missing)
            record.permission_rows = record.token_check and [
                record._prepare_permission_row(permission, missing)
                for permission in record._get_adapter()._get_permissions()
            ]

    def _prepare_permission_row(self, permission, missing):
        """Return a row of the widget ``merchant_steps``.

        :param Permission permission:
        :param missing: the permissions that are missing
        """
        found = (self.token_check or {}).get(permission.code)
        row = {"state": "done", "title": permission.name, "text": permission.purpose}
        if permission in missing:
            return row | {"state": "missing"}
        if found:
            text = self._explain(NeedsUser(found["code"], **found["values"]))
            return row | {"state": "error", "text": text}
        return row

    # === BUSINESS METHODS === #

    def _note_token_check(self, errors):
        """Keep what :meth:`merchant.adapter._check_permissions` returned.

        :param dict errors: by code of a permission
        """
        self.token_check = {
            code: error
            and {"code": error.code, "values": error.values, "closed": _is_closed(error)}
            for code, error in errors.items()
        }

    def _get_missing_permissions(self):
        """Return the permissions that the token lacked when it was tried last.

        :rtype: list[Permission]
        """
        found = self.token_check or {}
        if not found:
            return []
        return [
            permission
            for permission in self._get_adapter()._get_permissions()
            if (found.get(permission.code) or {}).get("closed")
        ]


def _is_closed(error):
    return isinstance(error, StoreUnavailable)
