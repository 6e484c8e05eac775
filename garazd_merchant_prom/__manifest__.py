{
    "name": "Merchant Center: Prom.ua",
    "summary": "Orders, products, prices and stock between Odoo and the marketplace Prom.ua",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Garazd Creation",
    "website": "https://garazd.biz",
    "license": "LGPL-3",
    "depends": ["garazd_merchant_center"],
    "data": ["views/merchant_category_views.xml", "views/merchant_store_views.xml"],
}
