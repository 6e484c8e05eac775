import re

from markupsafe import escape

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..exceptions import MarketplaceError
from .merchant_store import GROUP_ADMINISTRATOR

# Types of fields that hold what people are called, where they live and what was noted of them.
WORDS = ("char", "text", "html", "binary")
# Fields of these types, and further ones, that say nothing about the person.
IMPERSONAL = ("name", "ref", "complete_name", "parent_path")
FURTHER = ("state_id", "category_id", "partner_latitude", "partner_longitude")
# What an invoice has to name.
LEGAL = (
    "name",
    "vat",
    "company_registry",
    "company_name",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
)
# Shorter words are not looked for in messages: they stand in too many.
SHORTEST = 3
# Digits at the end of a phone number that tell it from others, however it is written.
PHONE_DIGITS = 9
MASK = "***"


class ResPartner(models.Model):
    """Forgets a buyer of a marketplace who asks for it."""

    _inherit = "res.partner"

    is_merchant_buyer = fields.Boolean(
        string="Buyer of a Marketplace",
        compute="_compute_is_merchant_buyer",
        groups=GROUP_ADMINISTRATOR,
    )

    def _compute_is_merchant_buyer(self):
        mappings = self.env["merchant.mapping"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        )
        mapped = set(mappings.mapped("res_id"))
        # Elevated: administrators of the Merchant Center need not have access to sales.
        orders = self.env["sale.order"].sudo()
        ordered = orders._read_group(
            [("merchant_order_id", "!=", False), ("partner_id", "in", self.ids)], ["partner_id"]
        )
        mapped.update(partner.id for (partner,) in ordered)
        for partner in self:
            partner.is_merchant_buyer = partner._origin.id in mapped

    def action_erase_merchant_buyer(self):
        """Open the wizard that says what is erased and what stays, and asks.

        :rtype: dict
        """
        self.ensure_one()
        self._check_may_erase()
        wizard = self.env["merchant.partner.erase"].create({"partner_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase Personal Data"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === WHAT BELONGS TO A BUYER === #

    def _get_merchant_family(self):
        """Return the buyer with all contacts below, archived ones included, elevated."""
        self.ensure_one()
        # Elevated: whoever may erase a buyer need not have access to contacts and documents.
        return self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])

    def _get_merchant_documents(self):
        """Return the sales orders of a family and their deliveries.

        :rtype: tuple[sale.order, stock.picking]
        """
        names = ("partner_id", "partner_invoice_id", "partner_shipping_id")
        orders = self.env["sale.order"].search(
            Domain.OR(Domain(name, "in", self.ids) for name in names)
        )
        pickings = self.env["stock.picking"].search(
            Domain("sale_id", "in", orders.ids) | Domain("partner_id", "in", self.ids)
        )
        return orders, pickings

    def _get_posted_moves(self):
        """Return the posted entries on which a family stands."""
        return self.env["account.move"].search(
            [
                ("state", "=", "posted"),
                "|",
                ("partner_id", "in", self.ids),
                ("commercial_partner_id", "in", self.ids),
            ]
        )

    def _get_named_in_accounting(self):
        """Return who of a family stands on posted entries, which the law wants to be kept."""
        moves = self._get_posted_moves()
        return self & (moves.partner_id | moves.commercial_partner_id)

    def _get_merchant_orders(self, sale_orders):
        """Return the marketplace orders of a family: of its sales orders, and those without one."""
        orders = self.env["merchant.order"].search([("sale_order_id", "in", sale_orders.ids)])
        return orders | self._find_orders_without_sale()

    def _find_orders_without_sale(self):
        """Return orders that never became sales orders, by the buyer in their payload."""
        mappings = self.env["merchant.mapping"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        )
        buyer_ids = {(mapping.store_id, mapping.external_id) for mapping in mappings}
        phones = {digits for phone in self.mapped("phone") if (digits := _get_digits(phone))}
        emails = set(filter(None, map(email_normalize, self.filtered("email").mapped("email"))))
        words = [f"%{word}%" for word in (*(ref for _store, ref in buyer_ids), *emails)]
        numbers = [f"%{digits}%" for digits in phones]
        if not words and not numbers:
            return self.env["merchant.order"]
        rows = self.env.execute_query(
            SQL(
                r"""
                SELECT id
                  FROM merchant_order
                 WHERE sale_order_id IS NULL
                   AND payload IS NOT NULL
                   AND (payload::text ILIKE ANY(%s)
                        OR regexp_replace(payload::text, '\D', '', 'g') LIKE ANY(%s))
                """,
                words,
                numbers,
            )
        )

        def is_of_family(order):
            try:
                adapter = order.store_id._get_adapter()
                buyer = adapter._parse_order(order.store_id, order.payload).buyer
            except MarketplaceError:
                # It cannot be read; but what tells the buyer stands in it.
                return True
            return (
                (order.store_id, buyer.external_id) in buyer_ids
                or (buyer.phone and _get_digits(buyer.phone) in phones)
                or (buyer.email and email_normalize(buyer.email) in emails)
            )

        return self.env["merchant.order"].browse(id_ for (id_,) in rows).filtered(is_of_family)

    # === ERASING === #

    def _check_may_erase(self):
        """Refuse to erase who may not be erased here, or by this person.

        :raises AccessError: only administrators do, of all companies concerned
        :raises UserError: somebody works with this contact in Odoo
        """
        if not (self.env.su or self.env.user.has_group(GROUP_ADMINISTRATOR)):
            raise AccessError(self.env._("Only administrators of the Merchant Center may do this."))
        self.check_access("read")
        family = self._get_merchant_family()
        sale_orders, pickings = family._get_merchant_documents()
        orders = family._get_merchant_orders(sale_orders)
        if not orders and not self.is_merchant_buyer:
            raise UserError(self.env._("%(name)s is no buyer of a marketplace.", name=self.name))
        concerned = (family, orders, sale_orders, pickings, family._get_posted_moves())
        # Also those that sold to the buyer without a marketplace: their files would be gone.
        company_ids = {company.id for records in concerned for company in records.company_id}
        if not self.env.su and not company_ids <= set(self.env.user.company_ids.ids):
            raise AccessError(
                self.env._(
                    "%(name)s also bought from companies to which you have no access.",
                    name=self.name,
                )
            )
        companies = self.env["res.company"].sudo().search_count([("partner_id", "in", family.ids)])
        if companies or family.user_ids:
            raise UserError(
                self.env._(
                    "%(name)s is a user of Odoo or one of your companies. Only contacts that are "
                    "neither can be erased.",
                    name=self.name,
                )
            )

    def _erase_merchant_buyer(self, with_accounting=False):
        """Forget a buyer: contacts, marketplace orders, messages, files and mappings.

        Documents stay, with the contact under another name. Who stands on posted entries keeps
        what these have to name.

        :param bool with_accounting: the time to keep accounting documents is over
        :raises AccessError: see :meth:`_check_may_erase`
        :raises UserError: see :meth:`_check_may_erase`
        """
        self.ensure_one()
        self._check_may_erase()
        family = self._get_merchant_family()
        sale_orders, pickings = family._get_merchant_documents()
        merchant_orders = family._get_merchant_orders(sale_orders)
        words = family._collect_words(merchant_orders)
        named = family.browse() if with_accounting else family._get_named_in_accounting()
        merchant_orders._erase()
        family._erase_mappings()
        family._erase_contacts(named)
        family._erase_messages(sale_orders, pickings, words)
        family._erase_files(sale_orders, pickings)
        self.sudo().message_post(
            body=self.env._(
                "%(user)s erased the personal data of this buyer.", user=self.env.user.name
            )
        )

    def _collect_words(self, merchant_orders):
        """Return what the family is called, where it lives and what it wrote, the longest first."""
        names = ("name", "phone", "email", "street", "street2", "comment")
        words = {partner[name] for partner in self for name in names}
        names = (
            "buyer_name",
            "recipient_name",
            "recipient_phone",
            "delivery_address",
            "buyer_note",
        )
        words |= {order[name] for order in merchant_orders for name in names}
        words = {str(word).strip() for word in words if word}
        return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)

    def _erase_mappings(self):
        """Forget which buyers of the marketplaces these contacts are, and where they are named."""
        self.env["merchant.mapping"].search(
            [("model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        issues = self.env["merchant.issue"].search([("code", "=", "partner_ambiguous")])
        for issue in issues:
            if not set(self.ids).isdisjoint((issue.values or {}).get("candidate_ids", ())):
                issue._close("resolved")
                issue.values = {"number": issue.values.get("number")}

    def _erase_contacts(self, named):
        """Empty whatever says who these contacts are.

        :param res.partner named: those that keep what accounting documents have to name
        """
        personal = self._get_personal_fields()
        for partner in self.with_context(tracking_disable=True, no_vat_validation=True):
            kept = LEGAL if partner in named else ()
            vals = {name: False for name in personal if name not in kept}
            if not kept:
                vals["name"] = self.env._("Erased buyer %(number)s", number=partner.id)
            partner.write(vals)

    def _get_personal_fields(self):
        """Return the fields of contacts that hold words or pictures, also those of other modules.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if (
                field.type in WORDS
                and field.store
                and not field.related
                and not (field.compute and field.readonly)
                and not field.required
                and name not in IMPERSONAL
            )
            or name in FURTHER
        ]

    def _erase_messages(self, sale_orders, pickings, words):
        """Delete the messages on the contacts, and take the person out of those on documents."""
        messages = self.env["mail.message"]
        about = {self._name: self, sale_orders._name: sale_orders, pickings._name: pickings}
        for name, records in about.items():
            found = messages.search([("model", "=", name), ("res_id", "in", records.ids)])
            self.env["mail.mail"].search([("mail_message_id", "in", found.ids)]).unlink()
            if name == self._name:
                found.unlink()
            else:
                _erase_words(found, ("body", "subject", "email_from", "reply_to"), words)
                _erase_words(
                    found.notification_ids, ("mail_email_address", "failure_reason"), words
                )
                values = found.tracking_value_ids
                names = ("old_value_char", "new_value_char", "old_value_text", "new_value_text")
                _erase_words(values, names, words)
        self.activity_ids.unlink()
        sale_orders.write({"signed_by": False, "signature": False})

    def _erase_files(self, sale_orders, pickings):
        """Delete what is attached to the contacts and to their orders and deliveries."""
        attachments = self.env["ir.attachment"]
        for records in (self, sale_orders, pickings):
            attachments.search(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("res_field", "=", False),
                ]
            ).unlink()


def _get_digits(phone):
    """Return the digits that tell a phone number, None where there are too few."""
    digits = re.sub(r"\D", "", phone or "")[-PHONE_DIGITS:]
    return digits if len(digits) == PHONE_DIGITS else None


def _erase_words(records, names, words):
    """Put a mask in place of words in texts and HTML."""
    if not words:
        return
    forms = {form for word in words for form in (word, str(escape(word)))}
    pattern = re.compile(
        "|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE
    )
    for record in records:
        vals = {
            name: pattern.sub(MASK, str(record[name]))
            for name in names
            if record[name] and pattern.search(str(record[name]))
        }
        if vals:
            record.write(vals)
