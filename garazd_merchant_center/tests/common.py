from odoo.tests import TransactionCase, new_test_user

USER = "garazd_merchant_center.group_user"
ADMINISTRATOR = "garazd_merchant_center.group_administrator"

# How often a scheduled action comes back to a run that is not through.
TURNS = 20

# What modules above say about every order of a store that nobody has set up.
OF_OTHERS = ("delivery_unmapped",)

# The models of the base that belong to a store.
STORE_MODELS = (
    "merchant.category",
    "merchant.delivery.method",
    "merchant.feed.import",
    "merchant.feed.import.error",
    "merchant.issue",
    "merchant.listing",
    "merchant.mapping",
    "merchant.operation",
    "merchant.order",
    "merchant.order.report",
    "merchant.order.status",
    "merchant.payment.method",
    "merchant.sync.run",
)


class MerchantCase(TransactionCase):
    """A company in Ukraine, a user and an administrator of the Merchant Center.

    A module with a marketplace sets :attr:`marketplace` and :attr:`token` and gets a store.
    """

    marketplace = None
    token = None
    # Whether there are also `other_company` and `other_user`; making a company takes its time.
    two_companies = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uah = cls.env.ref("base.UAH")
        cls.uah.active = True
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.company = cls._make_company("First Company")
        cls.user = cls._make_user("merchant_user", USER, cls.company)
        cls.admin = cls._make_user("merchant_admin", ADMINISTRATOR, cls.company)
        if cls.two_companies:
            cls.other_company = cls._make_company("Second Company")
            cls.other_user = cls._make_user("other_user", USER, cls.other_company)
        cls.store = cls._make_store() if cls.marketplace else None

    # === FACTORIES === #

    @classmethod
    def _make_company(cls, name, **changes):
        ukraine = cls.env.ref("base.ua")
        vals = {"name": name, "currency_id": cls.uah.id, "country_id": ukraine.id}
        # Without Odoo's own, which would be drawn in five sizes.
        vals["logo"] = False
        return cls.env["res.company"].create(vals | changes)

    @classmethod
    def _make_user(cls, login, groups, company):
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            # No letters to people who are not there.
            context={"no_reset_password": True, "mail_create_nolog": True},
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _make_store(cls, **changes):
        vals = {
            "name": "Demo Shop",
            "marketplace": cls.marketplace,
            "api_token": cls.token,
            "company_id": cls.company.id,
            "state": "connected",
        }
        return cls.env["merchant.store"].create(vals | changes)

    @classmethod
    def _make_product(cls, code, **changes):
        """Create a product without taxes, known by its reference."""
        vals = {"name": f"Product {code}", "default_code": code, "taxes_id": [(5,)]}
        # Nobody reads in a test when it was created.
        products = cls.env["product.product"].with_context(mail_create_nolog=True)
        return products.create(vals | changes).with_env(cls.env)

    @classmethod
    def _make_tax(cls, amount, included, **changes):
        group = cls.env["account.tax.group"].create(
            {"name": f"VAT {amount}", "company_id": cls.company.id}
        )
        mode = "tax_included" if included else "tax_excluded"
        vals = {
            "name": f"VAT {amount}% {mode}",
            "amount": amount,
            "type_tax_use": "sale",
            "company_id": cls.company.id,
            "country_id": cls.company.country_id.id,
            "tax_group_id": group.id,
            "price_include_override": mode,
        }
        return cls.env["account.tax"].create(vals | changes)

    @classmethod
    def _make_books(cls, company):
        """Give a company what it takes to invoice and be paid; return its bank journal.

        Payments go to an outstanding account, in the way of a chart of accounts.
        """
        vals_list = [
            {"name": "Debtors", "code": "361000", "account_type": "asset_receivable"},
            {"name": "Sales", "code": "702000", "account_type": "income"},
            {"name": "Outstanding", "code": "333000", "account_type": "asset_current"},
        ]
        debtors, sales, outstanding = cls.env["account.account"].create(
            [vals | {"company_ids": [(6, 0, company.ids)]} for vals in vals_list]
        )
        outstanding.reconcile = True
        cls.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", debtors.id, company_id=company.id
        )
        _invoices, bank = cls.env["account.journal"].create(
            [
                {
                    "name": "Invoices",
                    "code": "INV",
                    "type": "sale",
                    "company_id": company.id,
                    "default_account_id": sales.id,
                },
                {"name": "Market", "code": "MRK", "type": "bank", "company_id": company.id},
            ]
        )
        bank.inbound_payment_method_line_ids.payment_account_id = outstanding
        return bank

    # === WORK === #

    def _run_cron(self, name):
        """Run one of the scheduled actions as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"garazd_merchant_center.cron_{name}").method_direct_trigger()

    def _sync(self, kind="orders", store=None):
        """Press the button and let the scheduled action work; return the run."""
        store = store or self.store
        store._start_sync(kind)
        domain = [("store_id", "=", store.id), ("kind", "=", kind)]
        for _turn in range(TURNS):
            self._run_cron("sync_base" if kind == "full" else f"sync_{kind}")
            run = self.env["merchant.sync.run"].search(domain, limit=1)
            if run.state != "running" or run.next_attempt:
                break  # otherwise its time was up, on a slow machine
        return run

    def _get_issues(self, code=None, store=None, state="open"):
        domain = [("store_id", "=", (store or self.store).id), ("state", "=", state)]
        domain.append(("code", "=", code) if code else ("code", "not in", OF_OTHERS))
        return self.env["merchant.issue"].search(domain)
