"""Run in Odoo's shell: makes the pages' scripts and styles, so that no browser waits for them."""

# ruff: noqa: F821 - `env` is given by the shell

BUNDLES = {
    "js": ("web.assets_web", "web.assets_frontend_minimal", "web.assets_frontend_lazy"),
    "css": ("web.assets_web", "web.assets_web_print", "web.assets_frontend"),
}

qweb = env["ir.qweb"]
for bundle in BUNDLES["js"]:
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in BUNDLES["css"]:
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
