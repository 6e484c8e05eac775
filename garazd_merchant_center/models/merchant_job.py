import math
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# A conflict with another transaction is tried again at once, but not for ever.
CONFLICTS = (LockError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
MAX_CONFLICTS = 5
# Who was pushed off again and again looks after so long whether the way is free.
PAUSE_AFTER_CONFLICTS = timedelta(minutes=1)
# A lease that ends further away than this was taken by a clock that was put back since then.
LONGEST_LEASE = timedelta(days=1)
# Seconds after the time that Odoo gives a job, in which it may still begin something.
GRACE = 20


class MerchantJob(models.AbstractModel):
    """What scheduled actions share: they yield to each other, and meet conflicts where they are."""

    _name = "merchant.job"
    _description = "Work of a Scheduled Action"

    @api.model
    def _is_time_up(self):
        """Tell whether it is the turn of the other scheduled actions.

        Odoo calls a job up to ten times in a row while it says that work is left. Where each call
        waits for a slow marketplace, that would be minutes in which nobody reads orders.
        """
        return time.monotonic() > self.env.context.get("cron_end_time", math.inf) + GRACE

    @api.model
    def _get_unleased_domain(self, name):
        """Return the condition that no worker holds a record.

        :param str name: the field that says until when one does
        :rtype: Domain
        """
        now = fields.Datetime.now()
        is_over = Domain(name, "<", now) | Domain(name, ">", now + LONGEST_LEASE)
        return Domain(name, "=", False) | is_over

    @api.model
    def _give_way(self, attempt):
        """Let whoever is in the way finish a page: once not at all, then up to 1, 2, 4, 8 s.

        No transaction may be open. Without it the runs of a new store, which all read at the same
        time, would push each other off for a minute.

        :param int attempt: counts from 0
        """
        if attempt > 1:
            time.sleep(random.uniform(0.25, 0.5) * 2**attempt / 2)

    @api.model
    def _insist(self, work):
        """Do something and commit; where another transaction is in the way, do it again.

        :param work: a function without effects outside the database
        :return: what it returns, None when others were in the way each time
        """
        for _attempt in range(MAX_CONFLICTS):
            try:
                result = work()
                # Here, not at the commit: there a conflict could not be met any more.
                self.env.flush_all()
            except CONFLICTS:
                self.env.cr.rollback()
            else:
                self.env["ir.cron"]._commit_progress()
                return result
        return None
