"""A catalogue of any size, filled into a database within minutes.

Odoo makes the first product, so every column holds what Odoo puts there, whichever modules are
installed. The others are its copies, made in SQL with names, texts, prices, attributes and stock
of their own. All pictures are one file. Runs inside Odoo.
"""

import base64
import io
import json
import random

from PIL import Image

from odoo import Command
from odoo.tools import SQL

ATTRIBUTES = 8
# Prime, so that products step through all of them, whatever the step.
VALUES = 31
EXTRA_PICTURES = 2
DESCRIPTION_LENGTH = 600
# Prime, so that texts do not repeat in step with anything else.
DESCRIPTIONS = 997
WORDS = {
    "en_US": (
        "light durable cotton steel handle with without soft warm water proof travel kitchen home "
        "garden set of and for every day gift box careful hand made natural wood glass bright"
    ),
    "uk_UA": (
        "легкий міцний бавовна сталь ручка з без м'який теплий водостійкий дорожній кухня дім "
        "сад набір та для щодня подарунок коробка ретельно ручна робота натуральне дерево скло"
    ),
}


def fill(env, count):
    """Fill a fresh database with products and a pricelist, in English and Ukrainian.

    Every product has stock in the warehouse, a picture and one value of each attribute; with
    eCommerce it is published and has more pictures.

    :param int count: how many products
    :return: the pricelist
    :rtype: product.pricelist
    """
    env["res.lang"]._activate_lang("uk_UA")
    categories = _create_categories(env)
    pricelist = _create_pricelist(env, categories)
    texts = _make_texts()
    product = _create_product(env, categories[0], _create_attributes(env), texts[0])
    env.flush_all()
    _copy_product(env, product, count - 1, categories, texts)
    env.invalidate_all()
    # Nobody waits until PostgreSQL gets round to it.
    env.cr.execute("ANALYZE")
    return pricelist


def _create_categories(env):
    """Create a tree of two levels and return its leaves."""
    model = env["product.category"]
    parents = model.create([{"name": f"Department {i}"} for i in range(5)])
    return model.create(
        [{"name": f"Shelf {i}", "parent_id": parents[i % len(parents)].id} for i in range(40)]
    )


def _create_pricelist(env, categories):
    """Create a rule for everything and others for every second category."""
    rules = [{"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}]
    for number, category in enumerate(categories[::2]):
        by_formula = {"compute_price": "formula", "price_discount": 15, "price_round": 1}
        by_percentage = {"compute_price": "percentage", "percent_price": 20}
        rules.append(
            {"applied_on": "2_product_category", "categ_id": category.id}
            | (by_formula if number % 2 else by_percentage)
        )
    return env["product.pricelist"].create(
        {"name": "Benchmark", "item_ids": [Command.create(rule) for rule in rules]}
    )


def _create_attributes(env):
    attributes = env["product.attribute"].create(
        [
            {
                "name": f"Attribute {i}",
                "create_variant": "no_variant",
                "value_ids": [Command.create({"name": f"Value {i}-{j}"}) for j in range(VALUES)],
            }
            for i in range(ATTRIBUTES)
        ]
    )
    for record in (*attributes, *attributes.value_ids):
        ukrainian = record.with_context(lang="uk_UA")
        ukrainian.name = ukrainian.name.replace("Attribute", "Ознака").replace("Value", "Значення")
    return attributes


def _make_texts():
    """Return descriptions as translated columns hold them: text by code of the language."""
    # The same at every run.
    source = random.Random(19)
    return [
        {lang: _make_text(source, WORDS[lang].split()) for lang in WORDS}
        for _ in range(DESCRIPTIONS)
    ]


def _make_text(source, words):
    text = ""
    while len(text) < DESCRIPTION_LENGTH:
        text += " ".join(source.choices(words, k=9)).capitalize() + ". "
    return text.rstrip()


def _create_product(env, category, attributes, text):
    """Create the product that the others are copies of, with its stock."""
    output = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(output, "JPEG")
    picture = base64.b64encode(output.getvalue())
    vals = {
        "name": "Product 0",
        "default_code": "SKU-0",
        "categ_id": category.id,
        "is_storable": True,
        "list_price": 50,
        "weight": 0.5,
        "description_sale": text["en_US"],
        "image_1920": picture,
        "attribute_line_ids": [
            Command.create(
                {"attribute_id": item.id, "value_ids": [Command.set(item.value_ids[:1].ids)]}
            )
            for item in attributes
        ],
    }
    if "product.image" in env:
        vals["is_published"] = True
        vals["product_template_image_ids"] = [
            Command.create({"name": f"Picture {i}", "image_1920": picture})
            for i in range(EXTRA_PICTURES)
        ]
    template = env["product.template"].create(vals)
    template.with_context(lang="uk_UA").write(
        {"name": "Товар 0", "description_sale": text["uk_UA"]}
    )
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    env["stock.quant"]._update_available_quantity(
        template.product_variant_id, warehouse.lot_stock_id, 10
    )
    return template.product_variant_id


def _copy_product(env, product, count, categories, texts):
    """Insert the copies. The n-th copy has the ids of the original, moved on by n of its kind."""
    template = product.product_tmpl_id
    lines = template.attribute_line_ids
    _copy_rows(
        env,
        template,
        count,
        id=SQL("source.id + n"),
        name=SQL("jsonb_build_object('en_US', 'Product ' || n, 'uk_UA', 'Товар ' || n)"),
        default_code=SQL("'SKU-' || n"),
        categ_id=SQL("(%s)[1 + n %% %s]", categories.ids, len(categories)),
        list_price=SQL("50 + n %% 5000"),
        description_sale=SQL(
            "(%s::jsonb[])[1 + n %% %s]", [json.dumps(text) for text in texts], len(texts)
        ),
    )
    of_copy = SQL("source.product_tmpl_id + n")
    _copy_rows(
        env,
        product,
        count,
        id=SQL("source.id + n"),
        product_tmpl_id=of_copy,
        default_code=SQL("'SKU-' || n"),
    )
    _copy_rows(
        env,
        lines,
        count,
        id=SQL("source.id + n * %s", len(lines)),
        product_tmpl_id=of_copy,
    )
    _copy_rows(
        env,
        lines.product_template_value_ids,
        count,
        product_tmpl_id=of_copy,
        attribute_line_id=SQL("source.attribute_line_id + n * %s", len(lines)),
        # The values of an attribute are neighbours; the step differs from attribute to attribute.
        product_attribute_value_id=SQL(
            "source.product_attribute_value_id + n * source.attribute_id %% %s", VALUES
        ),
    )
    env.cr.execute(
        """
        INSERT INTO product_attribute_value_product_template_attribute_line_rel
                    (product_template_attribute_line_id, product_attribute_value_id)
             SELECT attribute_line_id, product_attribute_value_id
               FROM product_template_attribute_value
        ON CONFLICT DO NOTHING
        """
    )
    quants = env["stock.quant"].search([("product_id", "=", product.id)])
    _copy_rows(env, quants, count, product_id=SQL("source.product_id + n"), quantity=SQL("n %% 20"))
    _copy_pictures(env, template, count)
    if "product.image" in env:
        images = template.product_template_image_ids
        moved = SQL("source.id + n * %s", len(images))
        _copy_rows(env, images, count, id=moved, product_tmpl_id=of_copy)
        _copy_pictures(env, images, count)


def _copy_pictures(env, records, count):
    """Give the copies of records the picture of the original, in all its sizes."""
    files = env["ir.attachment"].search(
        [
            ("res_model", "=", records._name),
            ("res_id", "in", records.ids),
            ("res_field", "like", "image_"),
        ]
    )
    _copy_rows(env, files, count, res_id=SQL("source.res_id + n * %s", len(records)))


def _copy_rows(env, records, count, **changes):
    """Insert copies of the rows of records.

    :param int count: copies of each row
    :param SQL changes: by column, what differs: ``source`` is the row, ``n`` the copy's number
        from 1 on; new ids come from the sequence unless they are among them
    """
    table = records._table
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s AND column_name != 'id'",
        [table],
    )
    values = {name: SQL.identifier("source", name) for (name,) in env.cr.fetchall()} | changes
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS source, generate_series(1, %s) AS n"
            " WHERE source.id IN %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(values.values()),
            SQL.identifier(table),
            count,
            records._ids,
        )
    )
    env.cr.execute(
        SQL(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT MAX(id) FROM %s))",
            table,
            SQL.identifier(table),
        )
    )
