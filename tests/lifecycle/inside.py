"""What the tests of the life of the modules do inside Odoo; runs in Odoo's shell."""

import json
from pathlib import Path

from odoo import Command

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
    """Read the store, and send something, so that every table has rows."""
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
    env.cr.commit()


def read_settings(env, path):
    """Write down what must not change when the modules are updated.

    :param str path: of the file
    """
    store = env["merchant.store"].search([])
    feed = env["product.data.feed"].search([])
    cron = env.ref("garazd_merchant_center.cron_sync_orders")
    facts = {
        "store": store.read(
            ["payload_days", "notify_severity", "confirm_orders", "api_token", "mode", "state"]
        ),
        "feed": feed.read(["stock_buffer", "link_grace_hours", "access_token", "offer_count"]),
        "cron": [cron.interval_number, cron.active],
        "names": [
            env.ref("garazd_merchant_center.product_unknown").name,
            env.ref("garazd_merchant_center.mail_activity_attention").name,
        ],
        "orders": env["merchant.order"].search([]).mapped("digest"),
        "references": env["sale.order"].search([]).mapped("merchant_reference"),
    }
    Path(path).write_text(json.dumps(facts, default=str))
