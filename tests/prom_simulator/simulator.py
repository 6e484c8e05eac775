"""The Python face of the simulator."""

import json
import threading

from .exchange import Response
from .order_kinds import traits_of
from .poison import poison
from .render import render_order, render_product
from .routes_cabinet import attribute_link, sections_of
from .routes_import import apply_feed
from .server import BASE_PATH, Server
from .text import DEFAULT_LANGUAGE
from .world import World


class PromSimulator:
    """A Prom.ua shop on 127.0.0.1.

    :param seed: same seed, same data.
    :param str token: API token with all sections, see `scopes`.
    :param scopes: sections of that token (tokens.SECTIONS), all when left out.
    :param datetime now: aware moment the data is relative to; the current time when left out.
    :param str host: address to bind.
    :param int port: port to bind, 0 for a free one.
    :param options: fields of `Options`, for example `orders=40`, `products=60`.

    Usable as a context manager; `start` and `stop` may be called repeatedly.
    """

    def __init__(
        self,
        seed=1,
        token="prom-simulator-token",
        scopes=None,
        now=None,
        host="127.0.0.1",
        port=0,
        **options,
    ):
        self.world = World(seed, token, scopes, now, **options)
        self.host = host
        self.port = port
        self._server = None
        self._thread = None

    # Life

    def start(self):
        """Listen; a second start uses the port of the first.

        :return: the simulator itself.
        :rtype: PromSimulator
        :raises OSError: when the port is taken.
        """
        if self._server is None:
            self._server = Server(self.world, self.host, self.port)
            self.port = self._server.server_port
            self._thread = threading.Thread(
                target=self._server.serve_forever,
                kwargs={"poll_interval": 0.005},
                name="prom-simulator",
                daemon=True,
            )
            self._thread.start()
        return self

    def stop(self):
        """Stop listening and close kept connections; from then on connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.close_connections()
            self._thread.join(5)
            self._server = self._thread = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exc_info):
        self.stop()

    @property
    def url(self):
        """Base address of the API, ends in /api/v1."""
        return self.origin + BASE_PATH

    @property
    def origin(self):
        """Address without a path, `http://127.0.0.1:<port>`."""
        return f"http://{self.host}:{self.port}"

    @property
    def token(self):
        """The first API token."""
        return self.world.token

    @property
    def tokens(self):
        """Tokens: `add(token, scopes, expires)`, `expire(token)`, `revoke(token)`."""
        return self.world.tokens

    @property
    def options(self):
        """Switches; may be changed while the simulator runs."""
        return self.world.options

    @property
    def clock(self):
        """Clock: `now()`, `advance(seconds)`."""
        return self.world.clock

    @property
    def faults(self):
        """Faults: `add(name, path, method, times, after, **args)`, `clear()`."""
        return self.world.faults

    def reset(self):
        """Generate the data anew; forget the journal, faults and added tokens."""
        self.world.reset()

    def attribute_link(self, section_id):
        """Return the link of the cabinet to the attributes of a section, with its secret.

        :rtype: str
        """
        return self.origin + attribute_link(self.world, section_id)

    # Data

    @property
    def sections(self):
        """The portal's sections, with `id` and `paths` by language."""
        return sections_of(self.world)

    @property
    def state(self):
        """The data: `orders`, `products`, `groups`, `clients`, `messages` by id."""
        return self.world.state

    def add_order(self, kind=None, **overrides):
        """Make a new order, the newest one.

        :param kind: traits (order_kinds.TRAITS): a name, names joined by `+`, or a list.
        :param overrides: fields that replace the generated ones.
        :return: the stored order.
        :rtype: dict
        """
        return self.state.add_order(traits_of(kind or "pending"), overrides)

    def orders_of(self, kind):
        """Return the ids of the orders made with a trait, oldest first.

        :rtype: list[int]
        """
        return self.state.orders_of(kind)

    def touch(self, order_id, **changes):
        """Change an order as a person in the cabinet would, with a new `date_modified`.

        :rtype: dict
        """
        return self.state.touch(order_id, **changes)

    def add_product(self, **overrides):
        """Make a new product.

        :param overrides: fields that replace the generated ones.
        :return: the stored product.
        :rtype: dict
        """
        return self.state.add_product("plain", overrides)

    def touch_product(self, product_id, **changes):
        """Change a product as a person in the cabinet would.

        :rtype: dict
        """
        self.state.touch_product(self.state.products[product_id], **changes)
        return self.state.products[product_id]

    def products_of(self, trait):
        """Return the ids of the products made with a trait (seed_products.SPECIAL).

        :rtype: list[int]
        """
        return [row["id"] for row in self.state.product_maker.by_trait.get(trait, ())]

    def remove_product(self, product_id):
        """Delete a product in the cabinet: it answers 404 from now on."""
        self.state.remove_product(product_id)

    def hide_product(self, product_id, hidden=True):
        """Leave a product out of every list, or show it there again; alone it can be read."""
        self.state.hide_product(product_id, hidden)

    def poison(self, kind):
        """Add a malformed record (poison.ORDER_POISONS, poison.PRODUCT_POISONS).

        :return: its internal key: the id it has or should have had.
        :rtype: int
        """
        return poison(self.state, kind)

    def apply_feed(self, content, **settings):
        """Import a YML feed without HTTP.

        :param bytes content: the feed.
        :param settings: settings of `/products/import_url`.
        :return: the final import status.
        :rtype: dict
        """
        return apply_feed(self.world, content, settings)

    def order_json(self, order_id, language=DEFAULT_LANGUAGE):
        """Return an order as the API shows it.

        :rtype: dict
        """
        return self._shown(render_order(self.world, self.state.orders[order_id], language))

    def product_json(self, product_id, language=DEFAULT_LANGUAGE):
        """Return a product as the API shows it.

        :rtype: dict
        """
        return self._shown(render_product(self.world, self.state.products[product_id], language))

    def _shown(self, data):
        return json.loads(Response(data=data).encode(self.origin))

    # Journal

    def requests(self, path=None, method=None):
        """Return the requests so far; `path` is a pattern without the base path.

        :rtype: list[Exchange]
        """
        return self.world.journal.requests(path, method)

    def writes(self, model=None, path=None):
        """Return the applied changes so far.

        :rtype: list[Write]
        """
        return self.world.journal.writes(model, path)
