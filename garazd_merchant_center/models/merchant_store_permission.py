from odoo import fields, models
from odoo.exceptions import UserError

from ..exceptions import MarketplaceError, StoreUnavailable
from .merchant_sync_run import SINGLE, STEPS


class MerchantStore(models.Model):
    """A store whose token opens only parts of the marketplace: the rest goes on without them."""

    _name = "merchant.store"
    _inherit = ["merchant.store", "merchant.token.check"]

    # === CRUD METHODS === #

    def write(self, vals):
        """Extend to forget what another token opened."""
        if "api_token" in vals and "token_check" not in vals:
            # What it opens is known when it was tried.
            vals = {**vals, "token_check": False}
        return super().write(vals)

    # === ACTION METHODS === #

    def action_check_connection(self):
        """Extend to show which permissions the token has."""
        action = super().action_check_connection()
        if len(self) == 1 and self.permission_rows:
            action["params"]["next"] = self.action_show_permissions()
            if self.missing_permissions:
                action["params"] |= {
                    "type": "warning",
                    "message": self.env._(
                        "The connection works, but the token lacks permissions: %(names)s.",
                        names=self.missing_permissions,
                    ),
                }
        return action

    def action_show_permissions(self):
        """Show what the token opened when it was tried last.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("garazd_merchant_center.merchant_store_view_form_permissions")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Permissions of the Token"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # === BUSINESS METHODS === #

    def _try_connection(self):
        """Extend to find out what the token opens, too."""
        super()._try_connection()
        try:
            self._check_permissions()
        except MarketplaceError as error:
            raise UserError(self._explain(error)) from error

    def _check_permissions(self):
        """Try what the token opens, and keep the result.

        :raises MarketplaceError: nothing could be tried
        """
        self.ensure_one()
        self._note_permissions(self._get_adapter()._check_permissions(self))

    def _note_permissions(self, errors):
        """Keep what the token opens, and open or close the issue about it.

        :param dict errors: see ``merchant.adapter._check_permissions``
        """
        store_sudo = self.sudo()  # what was found out belongs to the system
        store_sudo._note_token_check(errors)
        if self.id:
            store_sudo._follow_permissions()

    def _follow_permissions(self):
        """Open or close the issue about missing permissions."""
        issues = self.env["merchant.issue"]
        if self._get_closed_parts():
            issues._report(self, "permission_missing", severity="warning")
        else:
            issues._resolve(self, ["permission_missing"])

    def _get_closed_parts(self):
        """Return the permissions without which the rest goes on.

        :return: those missing; none where the whole token is of no use, which is told otherwise
        :rtype: list[Permission]
        """
        missing = self._get_missing_permissions()
        return [] if any(permission.is_required for permission in missing) else missing

    def _find_permission(self, step):
        """Return what is needed for a step of a synchronization or a kind of operation.

        :rtype: Permission | None
        """
        permissions = self._get_adapter()._get_permissions()
        return next((p for p in permissions if step in p.steps), None)

    def _report_error(self, error):
        """Extend to let the rest go on where the token is known not to open this part."""
        if isinstance(error, StoreUnavailable) and self._is_closed_part(error.values.get("step")):
            self._follow_permissions()
        else:
            super()._report_error(error)

    def _is_closed_part(self, step):
        """Tell whether the token was found not to open what a step needs, and opens the rest.

        :param str step: of a synchronization, or a kind of ``merchant.operation``
        """
        return self._find_permission(step) in self._get_closed_parts()


class MerchantSyncRun(models.Model):
    """A synchronization leaves out what the token does not open."""

    _inherit = "merchant.sync.run"

    def _fail(self, error):
        """Extend to go on with the next step when only this one is closed to the token."""
        if isinstance(error, StoreUnavailable) and self._may_leave_out_step():
            self._leave_out_step()
        else:
            super()._fail(error)

    def _may_leave_out_step(self):
        """Find out whether the token works and just does not open what this step reads.

        Over the network: the failed page was rolled back, so no locks are held.
        """
        store = self.store_id._in_own_context()
        step = self._get_step()
        if not store._find_permission(step):
            return False
        try:
            store._check_permissions()
        except MarketplaceError:
            return False
        return store._is_closed_part(step)

    def _leave_out_step(self):
        """Go on with the next step; what was left out counts as an issue."""
        steps = STEPS[self.kind]
        done = steps.index(self._get_step()) + 1
        vals = {
            "started_at": self.started_at or fields.Datetime.now(),
            "cursor": False,
            "attempts": 0,
            "next_attempt": False,
            "failed": self.failed + 1,
            "progress": 100 * done // len(steps),
        }
        if done < len(steps):
            vals |= {"state": "running", "step": steps[done]}
        else:
            vals |= {"state": "partial", "finished_at": fields.Datetime.now()}
        self.write(vals)

    def _advance(self, step, page, counts, begun):
        """Extend to note that the token opens what it did not open before."""
        super()._advance(step, page, counts, begun)
        store = self.store_id._in_own_context()
        permission = store._find_permission(step)
        was_asked = page.records or step not in SINGLE
        if was_asked and permission in store._get_missing_permissions():
            store.sudo().token_check = {**store.token_check, permission.code: None}
            store._follow_permissions()
