{
    "name": "Product Data Feeds",
    "summary": "Price lists of your products as XML files with a public link, for Prom.ua",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Garazd Creation",
    "website": "https://garazd.biz",
    "license": "LGPL-3",
    "depends": ["product", "stock", "mail"],
    "data": [
        "security/product_feed_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron_data.xml",
        "data/prom_feed_templates.xml",
        "views/product_data_feed_issue_views.xml",
        "views/product_data_feed_views.xml",
        "views/product_feed_menus.xml",
    ],
}
