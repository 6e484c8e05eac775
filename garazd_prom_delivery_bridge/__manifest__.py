{
    "name": "Merchant Center: Prom.ua Delivery",
    "summary": "Puts the delivery method of Prom orders on sales orders and transfers",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Garazd Creation",
    "website": "https://garazd.biz",
    "license": "LGPL-3",
    "depends": ["garazd_merchant_prom", "stock_delivery"],
    "data": [
        "security/ir.model.access.csv",
        "views/merchant_delivery_method_views.xml",
        "views/merchant_store_views.xml",
    ],
    "auto_install": True,
}
