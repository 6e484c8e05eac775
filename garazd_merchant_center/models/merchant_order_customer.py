from odoo import models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..schema import DeliveryData


class MerchantOrderBuilder(models.AbstractModel):
    """Finds or makes the buyer of an order, and whom and where the parcel goes to."""

    _inherit = "merchant.order.builder"

    def _get_customer(self, order, data):
        """Return the buyer: the one known from an earlier order, or by phone, then e-mail.

        Of several it is the newest, the one the staff worked with last, and an issue tells.

        :rtype: res.partner
        """
        store = order.store_id
        mappings = self.env["merchant.mapping"]
        buyer = data.buyer
        known = mappings._find(store, "res.partner", filter(None, [buyer.external_id]))
        partners = self.env["res.partner"]
        own = partners._check_company_domain(store.company_id)
        candidates = known.get(buyer.external_id, partners).filtered_domain(own)
        candidates = candidates or self._find_customers(store, buyer)
        partner = candidates[:1]
        if len(candidates) > 1:
            self._report_ambiguous(order, data, candidates)
        if not partner:
            partner = self._create("res.partner", self._prepare_customer_vals(store, data))
        elif store.partner_tag_ids - partner.category_id:
            partner.category_id |= store.partner_tag_ids
        if buyer.external_id and not known:
            mappings._link(store, "res.partner", [(partner, buyer.external_id, buyer.name)])
        return partner

    def _find_customers(self, store, buyer):
        """Return the customers with the phone of the buyer, else those with the e-mail.

        :return: at most ten, the newest first
        :rtype: res.partner
        """
        partners = self.env["res.partner"]
        ways = []
        if buyer.phone:
            ways.append(partners._get_merchant_phone_domain(buyer.phone))
            if "phone_sanitized" in partners._fields:
                # Of `phone_validation`: what only the rules of another country explain.
                ways.append(Domain("phone_sanitized", "=", buyer.phone))
        if email := email_normalize(buyer.email):
            ways.append(Domain("email_normalized", "=", email))
        customers = Domain(partners._check_company_domain(store.company_id))
        customers &= Domain("parent_id", "=", False)
        for way in ways:
            # Without a limit, which would lead the database away from the index of phones.
            if found := partners.search(customers & way, order="id desc"):
                return found[:10]
        return partners

    def _report_ambiguous(self, order, data, candidates):
        """Tell that several customers could be the buyer; a person settles it."""
        names = (f"{partner.display_name} (ID {partner.id})" for partner in candidates)
        self.env["merchant.issue"]._report(
            order.store_id,
            "partner_ambiguous",
            order,
            severity="warning",
            number=data.number,
            partner=candidates[0].display_name,
            partner_id=candidates[0].id,
            candidate_ids=candidates.ids,
            candidates=", ".join(names),
        )

    def _prepare_customer_vals(self, store, data):
        name = data.buyer.name or data.buyer.phone or data.buyer.email
        return {
            "name": name or self.env._("Buyer of order %(number)s", number=data.number),
            "phone": data.buyer.phone,
            "email": data.buyer.email,
            "company_id": store.company_id.id,
            "lang": self._get_partner_lang(store),
            "country_id": store.company_id.country_id.id,
            "category_id": [(6, 0, store.partner_tag_ids.ids)],
        }

    def _get_partner_lang(self, store):
        """Return the language of new customers; one that was switched off gives way."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        lang = store.partner_lang
        return lang if lang in installed else store._get_usual_partner_lang()

    def _get_delivery_contact(self, store, customer, data):
        """Return who and where the parcel goes to: the customer, or a contact under it."""
        vals = self._prepare_delivery_vals(data)
        if not store.create_delivery_address or not vals:
            return customer
        vals["type"] = "delivery"
        for contact in customer.child_ids:
            if all(contact[key] == value for key, value in vals.items()):
                return contact
        return self._create(
            "res.partner",
            vals
            | {
                "parent_id": customer.id,
                "company_id": store.company_id.id,
                "country_id": customer.country_id.id,
                "lang": customer.lang,
            },
        )

    def _prepare_delivery_vals(self, data):
        """Return the values of the delivery contact; empty when the customer's own will do."""
        recipient = data.recipient or data.buyer
        # Names are written one way or another; a phone tells people apart where both have one.
        key = "phone" if recipient.phone and data.buyer.phone else "name"
        same_person = getattr(recipient, key) == getattr(data.buyer, key)
        delivery = data.delivery or DeliveryData()
        # What is fetched stands at the address of the shop.
        address = data.address if delivery.kind != "pickup" else None
        if same_person and not address:
            return {}
        vals = {
            "name": recipient.name or data.buyer.name or data.number,
            "phone": recipient.phone or False,
            "street": address or False,
        }
        if address and delivery.city and delivery.place:
            vals |= {
                "street": delivery.place,
                "city": delivery.city,
                "zip": delivery.postcode or False,
            }
        return vals
