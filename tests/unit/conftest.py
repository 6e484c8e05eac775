"""Loads `garazd_merchant_prom/api` as `prom_api`, without the addon that needs Odoo around it."""

import importlib.util
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.prom_simulator import PromSimulator

API_FOLDER = Path(__file__).parents[2] / "garazd_merchant_prom" / "api"
TOKEN = "c0ffee5ec2e7b1a5f00d4dead5beef9a7c1d3e5f"


def load_api():
    """Import the package by its location, so that the addon's `__init__` does not run."""
    spec = importlib.util.spec_from_file_location("prom_api", API_FOLDER / "__init__.py")
    package = importlib.util.module_from_spec(spec)
    sys.modules["prom_api"] = package
    spec.loader.exec_module(package)


if "prom_api" not in sys.modules:
    load_api()


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


@pytest.fixture
def fake_time():
    return FakeTime()


@pytest.fixture
def sim():
    with PromSimulator(seed=1, orders=30, products=20, token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
def exchanges():
    return []


@pytest.fixture
def make_client(fake_time, exchanges):
    """Return a function that makes clients which never really wait."""
    from prom_api.client import PromClient

    clients = []

    def make(url, token=TOKEN, **options):
        values = {
            "read_only": False,
            "sleep": fake_time.sleep,
            "clock": fake_time.clock,
            "on_exchange": exchanges.append,
            "min_interval": 0,
            **options,
        }
        clients.append(PromClient(token, url, **values))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(sim, make_client):
    return make_client(sim.url)


class OddServer:
    """Answers every request with what a test put into `answers`; the last one stays."""

    def __init__(self):
        self.answers = []
        self.requests = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format, *args):
                pass

            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                owner.requests.append((self.path, dict(self.headers), self.rfile.read(length)))
                answers = owner.answers
                status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response_only(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1"

    def say(self, body, status=200, **headers):
        content = body if isinstance(body, bytes) else body.encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, names, content))

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def odd():
    server = OddServer()
    yield server
    server.stop()


@pytest.fixture
def odd_client(odd, make_client):
    return make_client(odd.url)
