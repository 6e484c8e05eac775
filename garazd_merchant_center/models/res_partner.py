import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Fewer digits do not tell which number is meant when the country is left out.
SHORTEST_LOCAL = 10


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Customers are looked for among all partners for each order that is imported.
    _merchant_phone_digits_idx = models.Index(
        r"(regexp_replace(phone, '\D', '', 'g')) WHERE phone IS NOT NULL"
    )

    @api.model
    def _get_merchant_phone_domain(self, phone):
        """Return the condition for partners with this phone, however the staff wrote it.

        A number that begins with a plus is found in any punctuation, with ``00`` for the plus, and
        as it is dialled within its country: +380501112233 as (050) 111-22-33.

        :param str phone: in E.164 form, or as it is known
        :rtype: Domain
        """
        digits = re.sub(r"\D", "", phone)
        if not digits:
            return Domain("phone", "=", phone)
        if not phone.startswith("+"):
            return self._has_phone_digits([digits])
        full = [digits, f"00{digits}"]
        # Up to three digits are the country's; some of them may be written, see "8 050...".
        local = [digits[cut:] for cut in (1, 2, 3) if len(digits) - cut >= SHORTEST_LOCAL]
        countries = self.env["res.country"]._search(
            [("phone_code", "in", [int(digits[:length]) for length in (1, 2, 3)])]
        )
        return self._has_phone_digits(full + local) & (
            self._has_phone_digits(full)
            | Domain("country_id", "=", False)
            | Domain("country_id", "in", countries)
        )

    @api.model
    def _has_phone_digits(self, numbers):
        """Return the condition for partners whose phone has exactly one of these digits."""

        def to_sql(model, alias, query):
            phone = model._field_to_sql(alias, "phone", query)
            digits = SQL(r"regexp_replace(%s, '\D', '', 'g')", phone)
            return SQL("(%s IS NOT NULL AND %s IN %s)", phone, digits, tuple(numbers))

        return Domain.custom(to_sql=to_sql)
