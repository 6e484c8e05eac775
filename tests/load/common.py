"""What both sides of Odoo agree on."""

CLERK = "clerk"
PASSWORD = "clerk-of-the-load-tests"


def describe_product(number):
    """Return what Prom shows of a product, as `tests.bench._catalogue` makes it in Odoo."""
    quantity = number % 20 if number else 10
    return {
        "external_id": f"SKU-{number}",
        "sku": f"SKU-{number}",
        "price": 50 + number % 5000,
        "discount": None,
        "prices": [],
        "currency": "UAH",
        "quantity_in_stock": quantity,
        "presence": "available" if quantity else "not_available",
    }
