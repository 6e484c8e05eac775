import gzip
import http.server
import socket
import threading
import time
from contextlib import suppress

from odoo.tests import BaseCase

from odoo.addons.garazd_merchant_center.tools import download as tool
from odoo.addons.garazd_merchant_center.tools.download import DownloadFailed, download, is_public

HOST = "127.0.0.1"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n"
MEGABYTE = b" " * 1024 * 1024


class FileServer(http.server.ThreadingHTTPServer):
    """Answers on this machine with what a test has put under a path.

    :ivar dict files: path -> bytes, a number (a status without a file), or another address
    :ivar list requests: pairs of path and headers
    """

    daemon_threads = True

    def __init__(self):
        super().__init__((HOST, 0), Handler)
        self.files = {}
        self.requests = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def url(self, path):
        return f"http://{HOST}:{self.server_port}{path}"

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        content = self.server.files.get(self.path, 404)
        if isinstance(content, int):
            self.send_response(content)
            content = b""
        elif isinstance(content, str):
            self.send_response(302)
            self.send_header("Location", content)
            content = b""
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Keep the console quiet."""


class RawServer:
    """Sends what it is given, piece by piece, to each who connects, and counts the bytes."""

    def __init__(self, pieces, pause=0):
        self._pieces, self._pause = pieces, pause
        self.sent = 0
        self._listener = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self._listener.getsockname()[1]}/a.png"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                with suppress(OSError), connection:
                    connection.recv(65536)
                    for piece in self._pieces:
                        connection.sendall(piece)
                        self.sent += len(piece)
                        time.sleep(self._pause)

    def close(self):
        self._listener.close()


class TestDownload(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = FileServer()
        self.addCleanup(self.server.close)

    def _assert_fails(self, code, url, is_passing=False, trusted_host=HOST, **options):
        with self.subTest(url), self.assertRaises(DownloadFailed) as caught:
            download(url, trusted_host=trusted_host, **options)
        self.assertEqual((caught.exception.code, caught.exception.is_passing), (code, is_passing))

    def test_file_is_read(self):
        self.server.files = {"/a.png": b"picture", "/b": self.server.url("/a.png")}
        self.assertEqual(download(self.server.url("/a.png"), trusted_host=HOST), b"picture")
        self.assertEqual(download(self.server.url("/b"), trusted_host=HOST), b"picture")

    def test_nobody_can_be_recognized_by_the_request(self):
        self.server.files = {"/a.png": b"picture"}
        download(self.server.url("/a.png"), trusted_host=HOST)
        [(_path, headers)] = self.server.requests
        self.assertFalse({"authorization", "cookie"}.intersection(map(str.lower, headers)))

    def test_private_address_is_never_asked(self):
        self.server.files = {"/a.png": b"picture"}
        port = self.server.server_port
        for name in (HOST, "localhost"):
            url = f"http://{name}:{port}/a.png"
            self._assert_fails("private", url, trusted_host="example.com")
            self._assert_fails("private", url, trusted_host=None)
        self.assertFalse(self.server.requests)

    def test_redirect_does_not_lead_into_the_private_network(self):
        other = f"http://localhost:{self.server.server_port}/secret"
        self.server.files = {"/a.png": other, "/secret": b"secret"}
        self._assert_fails("private", self.server.url("/a.png"))
        self.assertEqual([path for path, _headers in self.server.requests], ["/a.png"])

    def test_only_addresses_of_the_web_are_read(self):
        self.server.files = {"/f": "file:///etc/passwd", "/loop": "/loop"}
        for url in (
            "file:///etc/passwd",
            "ftp://example.com/a.png",
            "//example.com/a.png",
            "/a.png",
            "",
            "http://",
            "http://[",
            f"http://user:password@{HOST}/a.png",
            self.server.url("/f"),
            self.server.url("/loop"),
        ):
            self._assert_fails("address", url)

    def test_redirect_to_what_is_no_address_is_told(self):
        for number, target in enumerate(("http://[", "http://[::1", "http://*/", "http://x:port/")):
            self.server.files[f"/{number}"] = target
            self._assert_fails("address", self.server.url(f"/{number}"))

    def test_redirect_in_other_letters_is_followed(self):
        """Nobody encodes the addresses in headers as they should be."""
        target = "/синій.png".encode().decode("latin-1")
        self.server.files = {"/a": target, "/%D1%81%D0%B8%D0%BD%D1%96%D0%B9.png": b"picture"}
        self.assertEqual(download(self.server.url("/a"), trusted_host=HOST), b"picture")

    def _serve_raw(self, pieces, pause=0):
        server = RawServer(pieces, pause)
        self.addCleanup(server.close)
        return server

    def test_body_of_a_redirect_is_not_read(self):
        head = f"HTTP/1.1 302 Found\r\nLocation: {self.server.url('/a.png')}\r\n\r\n".encode()
        server = self._serve_raw([head, *[MEGABYTE] * 64])
        self.server.files = {"/a.png": b"picture"}
        self.assertEqual(download(server.url, trusted_host=HOST), b"picture")
        self.assertLess(server.sent, 16 * len(MEGABYTE))

    def test_file_that_trickles_in_is_given_up(self):
        self.patch(tool, "PATIENCE", 1)
        for head in (HEAD, b"HTTP/1.1 200 OK\r\nX-Header: ", b"HTTP/1.1 200 OK\r\n\r\n"):
            server = self._serve_raw([head, *[b"x"] * 50], pause=0.1)
            begun = time.monotonic()
            self._assert_fails("network", server.url, is_passing=True)
            self.assertLess(time.monotonic() - begun, 3)

    def test_packed_file_is_unpacked_as_far_as_it_may_grow(self):
        def pack(content, *packings):
            for _packing in packings:
                content = gzip.compress(content)
            head = f"Content-Encoding: {', '.join(packings)}\r\nContent-Length: {len(content)}"
            return self._serve_raw([f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode(), content]).url

        self.assertEqual(download(pack(b"picture", "gzip"), trusted_host=HOST), b"picture")
        self._assert_fails("large", pack(MEGABYTE, "gzip"), max_bytes=100_000)
        # Each layer may multiply the size by a thousand before it can be counted.
        self._assert_fails("network", pack(b"picture", "gzip", "gzip"))

    def test_file_that_is_too_large_is_given_up(self):
        self.server.files = {"/a.png": b"0" * 200_000}
        self._assert_fails("large", self.server.url("/a.png"), max_bytes=100_000)

    def test_what_may_pass_is_told_from_what_stays(self):
        self.server.files = {"/busy": 503, "/slow": 429, "/gone": 410}
        self._assert_fails("status", self.server.url("/none"))
        self._assert_fails("status", self.server.url("/gone"))
        self._assert_fails("status", self.server.url("/busy"), is_passing=True)
        self._assert_fails("status", self.server.url("/slow"), is_passing=True)
        self._assert_fails("network", f"http://{HOST}:1/a.png", is_passing=True)

    def test_private_addresses_are_known_in_every_disguise(self):
        private = (
            *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0"),
            *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1"),
            *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"),
        )
        for address in private:
            with self.subTest(address):
                self.assertFalse(is_public(address))
        for address in ("8.8.8.8", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8"):
            with self.subTest(address):
                self.assertTrue(is_public(address))
