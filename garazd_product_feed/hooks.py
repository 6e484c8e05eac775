from .models.product_data_feed_picture import CONVERTED_PICTURE


def uninstall_hook(env):
    """Let the feeds go of what is removed before them, and remove their files.

    Feeds keep their template from being deleted, so the module could not be removed. The feeds
    themselves go with their table: records of other modules may still refer to them now.
    """
    feeds = env["product.data.feed"].with_context(active_test=False).search([])
    feeds.template_id = False
    # Files of fields are found only by those who ask for them.
    domain = [("res_model", "=", feeds._name), ("res_field", "!=", False)]
    env["ir.attachment"].search(domain).unlink()
    env["ir.attachment"].search([("res_field", "=", CONVERTED_PICTURE)]).unlink()
