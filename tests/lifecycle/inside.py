"""What the tests of the life of the modules do inside Odoo; runs in Odoo's shell."""

from odoo import Command
from odoo.modules.registry import Registry

CRONS = ("sync_base", "sync_products", "sync_orders", "operations", "listings", "issues")


def make_old_data(env):
    """Leave what a company has before it installs the suite: customers, products, sales orders."""
    customer = env["res.partner"].create({"name": "Old Customer", "phone": "+380501112233"})
    product = env["product.product"].create(
        {"name": "Old Thing", "default_code": "OLD-1", "is_storable": True, "list_price": 100}
    )
    stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"]._update_available_quantity(product, stock, 50)
    line = Command.create({"product_id": product.id, "product_uom_qty": 1})
    orders = env["sale.order"].create(
        [{"partner_id": customer.id, "order_line": [line]} for _number in range(8)]
    )
    orders[0].action_confirm()
    orders[0].picking_ids.button_validate()
    env.cr.commit()


def live(env):
    """Read the store, send something, so that every table has rows, and change settings."""
    store = env["merchant.store"].search([])
    store.action_sync()
    for name in CRONS:
        run_cron(env, f"garazd_merchant_center.cron_{name}")
    store.action_set_production()
    order = env["merchant.order"].search([("sale_order_id.state", "=", "draft")], limit=1)
    order.sale_order_id.action_confirm()
    env["product.data.feed"].search([]).action_generate()
    run_cron(env, "garazd_product_feed.cron_generate")
    run_cron(env, "garazd_merchant_center.cron_operations")
    env["merchant.issue"]._report(store, "push_failed", reason="x")
    change_settings(env)
    env.cr.commit()


def run_cron(env, name):
    """Run a scheduled action, which has a transaction of its own; see what it has done."""
    env.cr.commit()
    env.ref(name).method_direct_trigger()
    env.cr.rollback()
    env.invalidate_all()


def change_settings(env):
    """Change what an administrator may change, also what came with the modules."""
    store = env["merchant.store"].search([])
    store.write({"payload_days": 99, "notify_severity": "warning", "confirm_orders": True})
    crons = env.ref("garazd_merchant_center.cron_sync_orders")
    crons.write({"interval_number": 45, "active": False})
    env.ref("garazd_merchant_center.product_unknown").name = "Renamed by the shop"
    env.ref("garazd_merchant_center.mail_activity_attention").name = "Renamed activity"
    feed = env["product.data.feed"].search([])
    feed.write({"stock_buffer": 3, "link_grace_hours": 5})


def remove(env, module):
    """Remove a module as the list of apps does, and use Odoo without it."""
    # Odoo does not wait for the lock, which PostgreSQL may have taken to vacuum the table.
    env.cr.execute("LOCK ir_module_module IN EXCLUSIVE MODE")
    env["ir.module.module"].search([("name", "=", module)]).button_immediate_uninstall()
    with Registry(env.cr.dbname).cursor() as cr:
        admin = env(cr=cr).ref("base.user_admin").id
        use(env(cr=cr, user=admin))


def use(env):
    """Do what people do: open the menus and the forms that the suite has extended, and sell."""
    env["ir.ui.menu"].load_menus(False)
    for model in ("sale.order", "product.template", "product.product", "res.partner"):
        env[model].get_views([(False, "form"), (False, "list"), (False, "search")])
    for model in ("stock.picking", "account.payment", "product.category", "res.company"):
        env[model].get_views([(False, "form"), (False, "list")])
    old = [("state", "=", "draft"), ("partner_id.name", "=", "Old Customer")]
    order = env["sale.order"].search(old, limit=1)
    order.action_confirm()
    # Nobody is asked whether to send text messages.
    order.picking_ids.with_context(skip_sms=True).button_validate()
    if set(order.picking_ids.mapped("state")) != {"done"}:
        raise AssertionError("The delivery cannot be validated.")
    # Also those that came from the marketplace are ordinary sales orders now.
    for model in ("sale.order", "product.product", "res.partner"):
        env[model].search([]).read()
