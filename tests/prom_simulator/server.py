"""HTTP side of the simulator: connections, authorisation, faults (api.md 1 and 5)."""

import os
import re
import socket
import struct
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from . import admin, effects
from . import routes_cabinet as cabinet
from . import routes_catalogue as catalogue
from . import routes_import as imports
from . import routes_order_status as order_status
from . import routes_orders as orders
from . import routes_product_edit as product_edit
from . import routes_shop as shop
from . import routes_talk as talk
from .exchange import NotFoundError, Request, Response, html_page
from .journal import Exchange
from .pictures import picture
from .routing import Router
from .text import BadParameterError

BASE_PATH = "/api/v1"
ROUTER = Router(
    route
    for module in (orders, order_status, catalogue, product_edit, imports, shop, talk)
    for route in module.ROUTES
)


def dispatch(world, request):
    """Answer a call as Prom does: unknown path, method, token, then the call itself.

    :param World world: the shop.
    :param Request request: the call.
    :rtype: Response
    """
    route, parts, allowed = ROUTER.find(request.method, request.path)
    if route is None:
        return html_page(405, {"Allow": ", ".join(allowed)}) if allowed else html_page(404)
    if not world.tokens.allows(request.token, route.section):
        return html_page(401)
    try:
        with world.state.lock:
            answer = route.handler(world, request, *parts)
    except NotFoundError:
        return html_page(404)
    except BadParameterError as error:
        return Response(data={"error": request.text(error.key, **error.values)})
    return answer if isinstance(answer, Response) else Response(data=answer)


class Handler(BaseHTTPRequestHandler):
    """One connection; the world hangs on the server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "nginx"
    sys_version = ""

    def log_message(self, format, *args):
        """Keep the console quiet; the journal knows everything."""

    def handle(self):
        """Serve requests until the client or the simulator closes the connection."""
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self):
        """Answer any method."""
        url = urlsplit(self.path)
        path = re.sub("^/+", "/", url.path)
        body = self._read_body()
        if path.startswith("/_admin/"):
            self._admin(path, url.query, body)
        elif path.startswith("/media/images/"):
            self._media(Request(self.command, path, url.query, self.headers, body))
        else:
            work = None
            if path.startswith(cabinet.BASE_PATH + "/"):
                work = cabinet.dispatch
            elif path.startswith(BASE_PATH + "/"):
                work, path = dispatch, path.removeprefix(BASE_PATH)
            self._call(Request(self.command, path, url.query, self.headers, body), work)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

    def _read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _call(self, request, work):
        hits = self._record(request)
        if "refuse" in hits:
            self._drop(reset=True)
            return
        response = self._answer(request, hits, work) if work else html_page(404)
        if "answer_lost" in hits:
            self._drop()
            return
        if "reset" in hits:
            self._send_and_reset(response, hits["reset"]["at"])
            return
        self.exchange.status = response.status
        skew = hits.get("clock_skew", {}).get("seconds", 0)
        self._send(response, *effects.cut(response, hits, self._base()), skew)

    def _answer(self, request, hits, work):
        world = self.server.world
        instead, carried_out = effects.before(world, request, hits)
        if "reset" in hits and not hits["reset"]["applied"]:
            return html_page(200)
        if not carried_out:
            return instead
        effects.trim_batch(request, hits)
        response = work(world, request)
        with world.state.lock:
            effects.after(world, request, response, hits)
            response.encode(self._base())
        return instead or response

    def _media(self, request):
        """Send a picture; of the faults only those ordered for `/media/...` hit it."""
        hits = self._record(request)
        if "refuse" in hits:
            self._drop(reset=True)
            return
        instead, _carried_out = effects.before(self.server.world, request, hits)
        name = request.path.rpartition("/")[2]
        response = instead or Response(body=picture(name), content_type="image/png")
        self._send(response, *effects.cut(response, hits, self._base()))

    def _record(self, request):
        """Write a request into the journal and wait if a fault says so.

        :return: the faults that hit it.
        :rtype: dict[str, dict]
        """
        world = self.server.world
        self.exchange = Exchange(
            time=world.clock.now(),
            method=request.method,
            path=request.path,
            query=request.query,
            body=request.for_journal(),
            token=request.token,
            language=request.language,
        )
        world.journal.record(self.exchange)
        hits = world.faults.hit(request.method, request.path, request.query)
        self.exchange.faults = list(hits)
        if "latency" in hits:
            time.sleep(hits["latency"]["seconds"])
        return hits

    def _admin(self, path, query, body):
        request = Request(self.command, path, query, self.headers, body)
        response = admin.answer(self.server.world, request)
        data = response.encode(self._base())
        self._send(response, data, len(data))

    def _base(self):
        return "http://" + (self.headers.get("Host") or self.server.address)

    def _head(self, response, length, skew=0):
        moment = self.server.world.clock.now().timestamp() + skew
        headers = {
            "Server": self.server_version,
            "Date": formatdate(moment, usegmt=True),
            "Content-Type": response.content_type,
            "Content-Length": length,
            **response.headers,
        }
        phrase = self.responses[response.status][0] if response.status in self.responses else ""
        lines = [f"HTTP/1.1 {response.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _send(self, response, body, length, skew=0):
        """Send an answer in one piece."""
        head = self._head(response, length, skew)
        self.connection.sendall(head if self.command == "HEAD" else head + body)
        if len(body) < length and self.command != "HEAD":
            self._drop()

    def _send_and_reset(self, response, where):
        body = response.encode(self._base())
        head = self._head(response, len(body))
        part = head[:20] if where == "headers" else head + body[: max(1, len(body) // 2)]
        self.connection.sendall(part)
        time.sleep(0.02)
        self._drop(reset=True)

    def _drop(self, reset=False):
        """Close the connection now; with `reset` by RST."""
        self.close_connection = True
        if reset:
            reset_connection(self.connection)
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


def reset_connection(connection):
    """Close a socket by RST, also while files still hold it.

    :param socket connection: the socket.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


class Server(ThreadingHTTPServer):
    """HTTP server that knows the world and can close kept connections.

    :param World world: the shop.
    :param str host: address to bind.
    :param int port: 0 for a free one.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, world, host, port):
        self.world = world
        self._open = set()
        self._open_lock = threading.Lock()
        super().__init__((host, port), Handler)
        self.address = f"{host}:{self.server_port}"

    def server_bind(self):
        """Override of `HTTPServer` to bind without a name lookup."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def verify_request(self, request, client_address):
        """Override of `BaseServer` to refuse a connection at accept."""
        if self.world.faults.refuses_connection():
            reset_connection(request)
            return False
        with self._open_lock:
            self._open.add(request)
        return True

    def shutdown_request(self, request):
        """Override of `TCPServer` to forget the connection."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self):
        """Close the connections clients keep alive."""
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request, client_address):
        """Override of `BaseServer`: a client that goes away is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)
