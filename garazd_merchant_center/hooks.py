# What is in use cannot be deleted: where a record that came with the module may stand.
USERS = {
    "product_unknown": (("sale.order.line", "product_id"), ("account.move.line", "product_id")),
    "product_discount": (("sale.order.line", "product_id"), ("account.move.line", "product_id")),
    "attribute_variation": (("product.template.attribute.line", "attribute_id"),),
}
MODULE = "garazd_merchant_center"


def uninstall_hook(env):
    """Leave to the company what stands in its documents.

    Odoo would try to delete it, fail, and keep it as a part of a module that is not there.
    """
    for name, places in USERS.items():
        record = env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
        if not record or not any(
            env[model].search_count([(field, "in", record.ids)], limit=1) for model, field in places
        ):
            continue
        record.active = False
        names = [name, f"{name}_product_template"]
        env["ir.model.data"].search([("module", "=", MODULE), ("name", "in", names)]).unlink()
