from contextlib import suppress

from markupsafe import escape

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.readable import Readable, protect
from .common import FeedCommon

FRAME = """
<t t-name="attack"><r><t t-out="cut"/><t t-foreach="offers" t-as="offer"><o><t %s/></o>
<t t-out="cut"/></t></r></t>
"""
# Each is a way out of a template that works, or would, where the environment can be reached.
ATTACKS = (
    "env",
    "env.cr",
    "env['res.users'].search([])",
    "request",
    "request.env",
    "user_id",
    "res_company",
    "json.dumps(1)",
    "self",
    "self.env",
    "f'{self.env}'",
    "F'{self}'",
    'rf"{self}"',
    "offer['product'].env",
    "offer['product'].env.cr",
    "offer['product']._record",
    "offer['product']._record.env",
    "offer['product'].sudo()",
    "offer['product'].search([])",
    "offer['product'].write({'name': 'x'})",
    "offer['product'].unlink()",
    "offer['product'].create_uid",
    "offer['product'].create_uid.login",
    "offer['product'].standard_price",
    "offer['product'].message_ids",
    "offer['product'].image_1920",
    "offer['product'].with_user(1)",
    "feed.access_token",
    "feed.sudo().access_token",
    "feed.attachment_id",
    "feed.write({'name': 'x'})",
    "company.env",
    "company.user_ids",
    "currency.env['ir.config_parameter']",
    "element.__globals__",
    "'{0.__globals__}'.format(element)",
    "'{0.__class__.__mro__}'.format(cut)",
    "'{x.__globals__}'.format_map({'x': element})",
    "str.format('{0.__globals__}', element)",
    "[x.format(element) for x in ['{0.__globals__}']]",
    "(lambda x: x.format(element))('{0.__globals__}')",
    "map(str.format, ['{0.__globals__}'], [element])",
    "cut.format(element)",
    "cut.__init__",
    "__import__('os').environ",
    "open('/etc/passwd').read()",
    "getattr(element, 'x')",
    "eval('1')",
    "().__class__",
    "[x for x in (1,)].__class__",
    "globals()",
    "datetime.sys",
    "time.os",
)


@tagged("post_install", "-at_install")
class TestFeedTemplateSafety(FeedCommon):
    """A template can print what is published, and nothing else."""

    def _render(self, directive, **changes):
        """Publish one product by a template with one directive; return what it printed."""
        view = self.env["ir.ui.view"].create(
            {"name": "Attack", "type": "qweb", "arch": FRAME % directive}
        )
        self.feed.template_id = view
        product = self._make_product(**changes)
        text, _findings = self.feed._render_products(product)
        return text.removeprefix("<o>").partition("</o>")[0]

    def test_no_way_leads_out_of_a_template(self):
        for attack in ATTACKS:
            quoted = attack.replace('"', "&quot;")
            with self.subTest(attack):
                # What does not exist prints nothing or is an error.
                printed = ""
                with suppress(UserError):
                    printed = self._render(f't-out="{quoted}"')
                self.assertEqual(printed.strip(), "")

    def test_other_directives_lead_nowhere_either(self):
        for directive in (
            "t-field=\"offer['product'].name\"",
            't-set="x" t-value="env.cr"',
            't-foreach="env[\'res.users\'].search([])" t-as="user"',
            't-attf-a="{{ env.cr }}"',
            "t-att=\"{'a': env.cr}\"",
            't-out="1" t-options="{\'widget\': env.cr}"',
        ):
            with self.subTest(directive), self.assertRaises(UserError):
                self._render(directive)

    def test_a_template_that_is_called_is_no_safer_place(self):
        called = self.env["ir.ui.view"].create(
            {
                "name": "Called",
                "type": "qweb",
                "key": "garazd_product_feed.test_called",
                "arch": '<t t-name="called"><t t-out="env.cr"/></t>',
            }
        )
        with self.assertRaises(UserError):
            self._render('t-call="garazd_product_feed.test_called"')
        # The same template is no trouble for Odoo itself: the compiled ones are kept apart.
        self.assertIn("Cursor", str(self.env["ir.qweb"]._render(called.id, {})))
        with self.assertRaises(UserError):
            self._render('t-call="garazd_product_feed.test_called"')

    def test_odoos_own_engine_would_lead_out(self):
        """Otherwise the attacks above would prove nothing."""
        for attack in ("env.cr", "f'{self.env}'", "'{0.__globals__}'.format(element)"):
            view = self.env["ir.ui.view"].create(
                {"name": "x", "type": "qweb", "arch": f'<t t-name="x"><t t-out="{attack}"/></t>'}
            )
            values = self.feed._get_format()._prepare_document_vals(self.feed)
            self.assertTrue(str(self.env["ir.qweb"]._render(view.id, values)), attack)

    def test_what_may_be_published_can_be_read(self):
        printed = self._render(
            "t-out=\"offer['product'].name + '/' + offer['product']['default_code'] + '/' "
            "+ offer['product'].categ_id.name + '/' + currency.name + '/' + company.name + '/' "
            '+ feed.name"',
            default_code="T-1",
        )
        category = self.env["product.product"].search([("default_code", "=", "T-1")]).categ_id
        names = [category.name, self.feed.currency_id.name, self.company.name, self.feed.name]
        self.assertEqual(printed, escape("/".join(["Clay pot", "T-1", *names])))

    def test_what_leads_nowhere_prints_nothing(self):
        product = Readable(self._make_product())
        self.assertFalse(product.product_tag_ids)
        self.assertEqual(str(product), product.display_name)
        with self.assertRaises(AttributeError):
            str(product.nothing)

    def test_records_are_protected_wherever_they_stand(self):
        product = self._make_product()
        value = protect({"a": [product, {"b": (product,)}], "c": product.browse(), "d": "text"})
        self.assertIsInstance(value["a"][0], Readable)
        self.assertIsInstance(value["a"][1]["b"][0], Readable)
        self.assertEqual((value["c"], value["d"]), ((), "text"))

    def test_only_administrators_of_odoo_write_templates(self):
        view = self.feed.sudo().template_id
        for user in (self.manager, self.reader):
            self.assertFalse(view.with_user(user).has_access("write"))
            self.assertFalse(view.with_user(user).has_access("create"))

    def test_a_template_of_something_else_shows_nothing(self):
        """Who manages feeds may choose any template; what is no price list is refused."""
        other = self.env["ir.ui.view"].create(
            {"name": "Other", "type": "qweb", "arch": '<t t-name="o"><p>Secret</p></t>'}
        )
        self.feed.with_user(self.manager).template_id = other.id
        with self.assertRaisesRegex(UserError, "must print"):
            self.feed._generate()
