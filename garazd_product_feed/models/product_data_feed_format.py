from dataclasses import dataclass

from odoo import fields, models


@dataclass
class Page:
    """What is read at once for the products of one page, by product id."""

    offer_ids: dict
    shared_references: set
    prices: dict
    compare_prices: dict
    quantities: dict
    pictures: dict


class ProductDataFeedFormat(models.AbstractModel):
    """How a feed is written down: the contract of every format.

    A module adds the format ``x`` with a selection value of ``product.data.feed.format``, a model
    ``product.data.feed.format.x`` that inherits this one, and a QWeb template. The feed arrives
    with elevated rights, in its own company and language (``_with_feed_context``).
    """

    _name = "product.data.feed.format"
    _description = "Data Feed Format"

    def _get_template(self):
        """Return the QWeb template of new feeds.

        It gets the values of ``_prepare_document_vals``, ``offers``, ``categories`` and ``cut``,
        which it prints once before and once after the offers.

        :rtype: ir.ui.view
        """
        raise NotImplementedError

    def _prepare_document_vals(self, feed):
        """Return what the template needs beside offers and categories.

        :param product.data.feed feed: the feed
        :rtype: dict
        """
        now = fields.Datetime.context_timestamp(feed, fields.Datetime.now())
        return {
            "feed": feed,
            "company": feed.company_id,
            "date": now.strftime("%Y-%m-%d %H:%M"),
            "currency": feed.currency_id,
            "base_url": feed.get_base_url(),
        }

    def _prepare_categories(self, feed, generation):
        """Return the values of the categories that the offers refer to, parents first.

        :param product.data.feed feed: the feed
        :param Generation generation: has the ids in ``category_ids``
        :rtype: list[dict]
        """
        raise NotImplementedError

    def _prepare_offers(self, feed, products, generation):
        """Return the values of the offers to publish.

        Sold-out products are left out if the feed says so, and products with errors always.

        :param product.data.feed feed: the feed
        :param product.product products: one page; variants of one template are neighbours
        :param Generation generation: takes the findings
        :return: values for the template, each with at least ``id`` and ``category_id``
        :rtype: list[dict]
        """
        page = self._prepare_page(feed, products)
        is_error = feed.env["product.data.feed.issue"]._is_error
        offers = []
        for product in products:
            if not feed.include_unavailable and page.quantities[product.id] == 0:
                continue
            vals = self._prepare_offer_vals(feed, product, page, generation)
            self._check_offer(product, vals, generation)
            if not is_error(generation.codes(product)):
                self._remember_offer(product, vals, generation)
                offers.append(vals)
        return offers

    def _prepare_page(self, feed, products):
        """Read what the offers of a page need, with as many queries for 1 product as for 500.

        :rtype: Page
        """
        return Page(
            offer_ids=feed._get_offer_ids(products),
            shared_references=feed._get_shared_references(products),
            prices=feed._get_prices(products),
            compare_prices=feed._get_compare_prices(products),
            quantities=feed._get_quantities(products),
            pictures=feed._get_picture_urls(products),
        )

    def _prepare_offer_vals(self, feed, product, page, generation):
        """Return the values of one offer.

        :param product.data.feed feed: the feed
        :param product.product product: the variant
        :param Page page: what was read for its page
        :param Generation generation: takes what is noticed on the way
        :rtype: dict
        """
        raise NotImplementedError

    def _check_offer(self, product, vals, generation):
        """Report what is wrong with an offer.

        :param product.product product: the variant
        :param dict vals: by ``_prepare_offer_vals``
        :param Generation generation: takes the findings
        """
        if vals["id"] in generation.offer_ids:
            generation.report(product, "duplicate_id", offer_id=vals["id"])

    def _remember_offer(self, product, vals, generation):
        """Note what later offers and the beginning of the file depend on."""
        generation.offer_ids.add(vals["id"])
        generation.category_ids.add(vals["category_id"])
