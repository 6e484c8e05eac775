from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .payment_common import PaymentCase

NAME, PHONE, EMAIL = "Solomiia Krushelnytska", "+380671239876", "solomiia@example.com"
STREET, NOTE = "Lypova 17, Ternopil", "Ring twice, ask for Solka"
RECIPIENT = {"name": "Osyp Krushelnytskyi", "phone": "+380501239871"}
BUYER = {"external_id": "b77", "name": NAME, "phone": PHONE, "email": EMAIL}
# Whatever of it stands anywhere, in any spelling.
TRACES = ("Solomiia", "Krusheln", "671239876", "501239871", "solomiia@", "Lypova", "Solka")


class PrivacyCase(PaymentCase):
    """A buyer with an order, a parcel for somebody else, and what people write about it."""

    def _prepare(self):
        super()._prepare()
        self.order = self._confirmed(
            "1",
            buyer=BUYER,
            recipient=RECIPIENT,
            address=STREET,
            note=NOTE,
            payment_state="unpaid",
        )
        self.sale = self.order.sale_order_id
        self.partner = self.sale.partner_id

    def _find_traces(self, *kept):
        """Return where the person still stands in the database, as table and column.

        :param kept: columns where it may
        """
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT c.table_name, c.column_name
                  FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE table_schema = 'public'
                   AND table_type = 'BASE TABLE'
                   AND data_type IN ('text', 'character varying', 'jsonb', 'json')
                """
            )
        )
        self.assertGreater(len(columns), 500)
        # Nothing that is older than the test knows the person.
        begun = int(self.env.execute_query(SQL("SELECT pg_current_xact_id()::text"))[0][0])
        found = []
        for table, column in columns:
            query = SQL(
                "SELECT 1 FROM %s WHERE xmin::text::bigint >= %s AND (%s::text ILIKE ANY(%s) "
                "OR regexp_replace(%s::text, '[^0-9]', '', 'g') LIKE ANY(%s)) LIMIT 1",
                SQL.identifier(table),
                begun,
                SQL.identifier(column),
                [f"%{trace}%" for trace in TRACES],
                SQL.identifier(column),
                [f"%{trace}%" for trace in TRACES if trace.isdigit()],
            )
            if self.env.execute_query(query):
                found.append(f"{table}.{column}")
        return sorted(set(found) - set(kept))

    def _erase(self, partner=None, **options):
        """Press the button and confirm, as an administrator."""
        partner = (partner or self.partner).with_user(self.admin)
        action = partner.action_erase_merchant_buyer()
        wizard = self.env[action["res_model"]].with_user(self.admin).browse(action["res_id"])
        wizard.write({"open_confirmed": True, **options})
        wizard.action_erase()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestPrivacy(PrivacyCase):
    """A buyer who asks for it is forgotten."""

    two_companies = True

    def test_the_traces_are_found_where_they_are(self):
        found = self._find_traces()
        for column in (
            "res_partner.name",
            "res_partner.phone",
            "res_partner.street",
            "merchant_order.payload",
            "merchant_order.facts",
            "merchant_order.buyer_note",
            "merchant_mapping.external_name",
        ):
            self.assertIn(column, found)

    def test_nothing_of_the_person_is_left_in_the_database(self):
        self._write_about_the_person()
        self.assertIn("mail_message.body", self._find_traces())
        self.assertIn("merchant_operation.payload", self._find_traces())
        self.assertIn("merchant_issue.values", self._find_traces())
        self._erase()
        self.assertFalse(self._find_traces())

    def _write_about_the_person(self):
        """Leave the person wherever Odoo and we write of people."""
        comment = f"<p>{NAME} is kind</p>"
        self.partner.write({"comment": comment, "ref": "C-77", "vat": "3112233445"})
        self.partner.with_context(tracking_disable=False).message_post(body=f"Called {PHONE}")
        self.sale.message_post(body=f"{NAME} ({EMAIL}) wants it at {STREET}", subject=NAME)
        self.sale.picking_ids.message_post(body=f"For {RECIPIENT['name']}, {RECIPIENT['phone']}")
        for record in (self.partner, self.sale):
            vals = {"name": f"Paper of {NAME}", "res_model": record._name, "res_id": record.id}
            self.env["ir.attachment"].create(vals)
        self.env["mail.mail"].create(
            {
                "mail_message_id": self.sale.message_ids[0].id,
                "email_to": EMAIL,
                "body_html": f"<p>{NAME}</p>",
            }
        )
        self.partner.activity_schedule("mail.mail_activity_data_call", note=f"Ring {PHONE}")
        self.env["merchant.operation"]._enqueue(
            self.store,
            "order_status",
            self.order,
            {"status": "cancelled", "reason": "other", "comment": f"{NAME} does not answer"},
        ).response = {"said": NAME}
        # A confirmed order that changes: the differences wait, and an issue names them.
        self._change(recipient={**RECIPIENT, "name": "Solomiia K."}, address=f"{STREET}, 2nd floor")
        self.assertTrue(self.order.change_ids)
        # An order of the same buyer that never became a sales order, and one that is unreadable.
        self.store.import_status_id = self._status("paid")
        self._import_order("2", buyer={"name": NAME, "phone": PHONE})
        self._import_order("3", buyer={"name": NAME, "email": EMAIL}, total="much")

    def test_parts_of_the_address_are_forgotten(self):
        parts = {
            "delivery_city": "Ternopil",
            "delivery_street": "Lypova",
            "delivery_building": "17",
            "delivery_apartment": "4",
            "delivery_zip": "46001",
            "delivery_branch_ref": "branch-5",
            "delivery_branch_number": "5",
        }
        self.order.write(parts)
        self._erase()
        self.assertRecordValues(self.order, [dict.fromkeys(parts, False)])

    def test_issues_of_others_that_name_the_person_forget_it(self):
        self.partner.copy({"phone": PHONE, "name": "Another"})
        order = self._import_order("2", buyer={"name": "Another", "phone": PHONE})
        issue = self._get_issues("partner_ambiguous")
        self.assertIn(NAME, str(issue.values))
        self._erase()
        self.assertEqual(issue.state, "resolved")
        self.assertNotIn(NAME, str(issue.values))
        self.assertEqual(order.sale_order_id.partner_id.name, "Another")

    def test_documents_stay_whole(self):
        before = (self.sale.name, self.sale.amount_total, self.sale.state, self.sale.partner_id)
        self._erase()
        after = (self.sale.name, self.sale.amount_total, self.sale.state, self.sale.partner_id)
        self.assertEqual(before, after)
        self.assertEqual(self.sale.order_line.product_id.default_code, "A1")
        self.assertEqual(self.partner.name, f"Erased buyer {self.partner.id}")
        self.assertEqual(self.sale.merchant_reference, "Demo Shop 1")
        for record in (self.sale, self.partner, self.order, self.sale.picking_ids):
            self.assertEqual(Form(record).id, record.id)

    def test_books_keep_what_the_law_wants(self):
        self._change(payment_state="paid")
        payment = self._get_payments(self.order)
        invoice = self._invoice(self.order)
        self.partner.write({"vat": "3112233445", "city": "Ternopil"})
        self._erase()
        self.assertRecordValues(
            self.partner,
            [
                {
                    "name": NAME,
                    "vat": "3112233445",
                    "city": "Ternopil",
                    "phone": False,
                    "email": False,
                    "comment": False,
                }
            ],
        )
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assertFalse(self.order.buyer_name)
        self.assertFalse(self.partner.child_ids.filtered("phone"))
        found = self._find_traces()
        self.assertEqual({name.split(".")[0] for name in found}, {"res_partner", "account_move"})
        # Years later.
        self._erase(with_accounting=True)
        self.assertFalse(self._find_traces())
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assertEqual((invoice.partner_id, payment.partner_id), (self.partner,) * 2)

    def test_reading_again_brings_nobody_back(self):
        self._erase()
        self._change(status="paid", changed="2026-04-01T10:00:00+02:00", note=NOTE)
        self.assertEqual(self.order.status_id.external_id, "paid", "the order goes on")
        self.assertFalse(self._find_traces())
        self.order.with_user(self.user).action_refresh()
        self._sync()
        self.store.orders_read_until = False
        self._sync()
        wizard = self.env["merchant.order.recover"].with_user(self.user)
        wizard.create({"store_id": self.store.id, "numbers": "1"}).action_recover()
        self._sync()
        self.assertFalse(self._find_traces())
        self.assertEqual(self.order.payload["status"], "paid")
        self.assertFalse(self._get_issues())

    def test_an_erased_order_that_is_imported_later_has_nobody_in_it(self):
        self.store.import_status_id = self._status("paid")
        order = self._import_order("2", buyer=BUYER, address=STREET)
        self.assertEqual(order.state, "skipped")
        self._erase()
        self.assertTrue(order.is_erased)
        self.market.orders[1]["status"] = "paid"
        self._sync()
        self.assertEqual(order.sale_order_id.partner_id.name, "Buyer of order 2")
        self.assertFalse(self._find_traces())

    def test_the_next_order_of_the_person_is_a_new_beginning(self):
        self._erase()
        sale = self._import_order("2", buyer=BUYER).sale_order_id
        self.assertNotEqual(sale.partner_id, self.partner)
        self.assertEqual(sale.partner_id.phone, PHONE)

    def test_lines_that_change_are_still_told(self):
        self._erase()
        self._change(lines=[self._line(total="150.00")], total="150.00")
        self.assertEqual(self.order.change_ids.mapped("kind"), ["total"])
        self.order.action_apply_changes()
        self.assertEqual(self.sale.amount_total, 150)
        self.assertEqual(self.sale.partner_id, self.partner)

    def test_an_order_that_says_nothing_without_people_is_left_alone(self):
        adapter = type(self.env["merchant.adapter.demo"])
        self.patch(adapter, "_redact_payload", lambda self, payload: None)
        self._erase()
        self.assertFalse(self.order.payload)
        self._change(status="paid")
        self.assertFalse(self.order.payload)
        self.assertEqual(self.order.state, "imported")
        self.assertFalse(self._get_issues())

    # === WHO MAY, AND WHOM === #

    def test_only_administrators_erase(self):
        for user in (self.user, self._make_user("clerk", "base.group_user", self.company)):
            with self.assertRaises(AccessError):
                self.partner.with_user(user).action_erase_merchant_buyer()
            with self.assertRaises(AccessError):
                self.env["merchant.partner.erase"].with_user(user).create(
                    {"partner_id": self.partner.id}
                )

    def test_administrators_of_other_companies_do_not(self):
        other = self._make_user(
            "other_admin", "garazd_merchant_center.group_administrator", self.other_company
        )
        wizards = self.env["merchant.partner.erase"].with_user(other)
        with self.assertRaises(AccessError):
            wizards.create({"partner_id": self.partner.id}).action_erase()
        # A contact that all companies share, with an order in one of them.
        self.partner.company_id = False
        with self.assertRaisesRegex(AccessError, "to which you have no access"):
            self.partner.with_user(other).action_erase_merchant_buyer()
        with self.assertRaises(AccessError):
            wizards.create({"partner_id": self.partner.id}).read(["open_orders"])

    def test_customers_of_other_companies_without_a_store_are_not_erased(self):
        """A contact that two companies share; only one of them sells on the marketplace."""
        self.partner.company_id = False
        sale = self.env["sale.order"].create(
            {"partner_id": self.partner.id, "company_id": self.other_company.id}
        )
        paper = self.env["ir.attachment"].create(
            {"name": "Contract", "res_model": "sale.order", "res_id": sale.id}
        )
        with self.assertRaisesRegex(AccessError, "to which you have no access"):
            self._erase()
        self.assertTrue(paper.exists())
        self.assertEqual(self.partner.name, NAME)
        self.admin.company_ids |= self.other_company
        self._erase()
        self.assertFalse(paper.exists())

    def test_colleagues_companies_and_strangers_cannot_be_erased(self):
        self.sale.partner_id = self.user.partner_id
        self.env["merchant.mapping"]._link(
            self.store, "res.partner", [(self.company.partner_id, "b9", "x")]
        )
        for partner in (self.user.partner_id, self.company.partner_id):
            with self.assertRaisesRegex(UserError, "user of Odoo or one of your companies"):
                partner.with_user(self.admin).action_erase_merchant_buyer()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(UserError, "no buyer of a marketplace"):
            stranger.with_user(self.admin).action_erase_merchant_buyer()
        self.assertFalse(stranger.with_user(self.admin).is_merchant_buyer)
        self.assertTrue(self.partner.with_user(self.admin).is_merchant_buyer)

    def test_orders_under_way_are_asked_about(self):
        action = self.partner.with_user(self.admin).action_erase_merchant_buyer()
        wizard = self.env[action["res_model"]].with_user(self.admin).browse(action["res_id"])
        self.assertEqual(wizard.open_orders, self.sale.name)
        with self.assertRaisesRegex(UserError, "under way"):
            wizard.action_erase()
        self.assertEqual(self.partner.name, NAME)

    def test_it_is_written_down_who_did_it(self):
        self._erase()
        self.assertIn(self.admin.name, self.partner.message_ids.body)


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCase):
    """Closed orders are forgotten as they were received."""

    def _collect(self, days=181):
        """Let so many days pass since everything was read."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE merchant_order SET read_at = %s", fields.Datetime.now() - timedelta(days))
        )
        self.env.invalidate_all()
        self.env["merchant.order"]._gc_payloads()

    def _close(self):
        self._change(status="delivered", changed="2026-04-01T10:00:00+02:00")

    def test_closed_orders_lose_their_payload_and_nothing_else(self):
        self._close()
        before = self.order.read(["buyer_name", "digest", "amount_total", "state", "commission"])
        self._collect()
        self.assertFalse(self.order.payload)
        self.assertFalse(self.order.payload_text)
        after = self.order.read(["buyer_name", "digest", "amount_total", "state", "commission"])
        self.assertEqual(before, after)

    def test_what_was_forgotten_is_not_imported_again(self):
        self._close()
        self._collect()
        self.store.orders_read_until = False
        run = self._sync()
        self.assertEqual((run.unchanged, run.updated, run.created), (1, 0, 0))
        self.assertFalse(self.order.payload)
        sales = self.env["sale.order"].search([("merchant_order_id", "!=", False)])
        self.assertEqual(sales, self.sale)

    def test_who_asks_for_the_order_gets_it(self):
        self._close()
        self._collect()
        self.order.with_user(self.user).action_refresh()
        self._sync()
        self.assertEqual(self.order.payload["id"], "1")
        self.assertEqual(self.order.state, "imported")
        self.assertFalse(self._get_issues())

    def test_what_is_not_settled_is_kept(self):
        self._collect()
        self.assertTrue(self.order.payload, "it is not closed")
        self._change(lines=[self._line(total="150.00")], total="150.00", status="delivered")
        self.assertTrue(self.order.change_ids)
        self._collect()
        self.assertTrue(self.order.payload, "its changes wait for a person")
        failed = self._import_order("2", total="much", status="delivered")
        self._collect()
        self.assertTrue(failed.payload, "it was never imported")

    def test_the_store_says_how_long(self):
        self._close()
        self._collect(days=100)
        self.assertTrue(self.order.payload)
        self.store.payload_days = 0
        self._collect(days=10_000)
        self.assertTrue(self.order.payload)
        self.store.payload_days = 99
        self._collect(days=100)
        self.assertFalse(self.order.payload)
