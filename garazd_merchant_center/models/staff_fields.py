from odoo import fields
from odoo.fields import Domain


class SystemMany2one(fields.Many2one):
    """Leads to a record that nobody but the system chooses.

    That it cannot be written is not enough: a form that is filled in and never saved shows what
    fields related to it say, of whatever record it names.
    """

    def convert_to_cache(self, value, record, validate=True):
        """Override of `odoo.fields` to leave a record that is not saved with what it has."""
        if not record.env.su and not any(record._ids):
            value = record._origin.sudo()[self.name].id
        return super().convert_to_cache(value, record, validate)


def check_domain(records, domain):
    """Refuse conditions on fields that are for the staff; buyers see these records in the portal.

    Odoo does not look at the groups of related fields that are searched.

    :raises AccessError: a condition is about such a field
    """
    if records.env.user.share and not records.env.su:
        for condition in Domain(domain).iter_conditions():
            _check(records, condition.field_expr)


def check_expression(records, expression):
    """Refuse to sort, group or sum up by fields that are for the staff; see `check_domain`.

    :raises AccessError: it is such a field
    """
    if records.env.user.share and not records.env.su:
        _check(records, expression)


def _check(records, expression):
    if field := records._fields.get(expression.partition(".")[0]):
        records._check_field_access(field, "read")
