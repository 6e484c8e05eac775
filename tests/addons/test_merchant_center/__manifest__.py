{
    "name": "Merchant Center: Demo Market",
    "summary": "A made-up marketplace: tests the base and shows how to write the next one",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Garazd Creation",
    "website": "https://garazd.biz",
    "license": "LGPL-3",
    "depends": ["garazd_merchant_center"],
}
