"""Servers that never come to an end: a byte now and then, or a redirect with a body."""

import socket
import threading
import time
from contextlib import suppress

import pytest
from prom_api import errors
from prom_api.catalogue.errors import FileNotGiven, FileUnreadable
from prom_api.catalogue.fetch import fetch

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n"
MEGABYTE = b" " * 1024 * 1024


class RawServer:
    """Says to each who connects what `script` yields, and counts the bytes that it could send."""

    def __init__(self, script):
        self._script = script
        self.sent = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        with suppress(OSError), connection:
            connection.recv(65536)
            for piece in self._script():
                connection.sendall(piece)
                self.sent += len(piece)

    def stop(self):
        self._listener.close()


@pytest.fixture
def serve():
    servers = []

    def start(script):
        servers.append(RawServer(script))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def trickle(*beginning):
    """Return a script that says the beginning at once, then a byte at a time for five seconds."""

    def script():
        yield from beginning
        for _number in range(50):
            yield b"x"
            time.sleep(0.1)

    return script


def lead_away():
    yield b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    for _number in range(128):
        yield MEGABYTE


TRICKLES = pytest.mark.parametrize(
    "script",
    [trickle(HEAD), trickle(b"HTTP/1.1 200 OK\r\nX-Header: ")],
    ids=["body", "headers"],
)


@TRICKLES
def test_an_answer_that_trickles_in_is_given_up(serve, make_client, script):
    client = make_client(serve(script).url, budget=0.5, timeout=1, clock=time.monotonic)
    begun = time.monotonic()
    with pytest.raises(errors.ConnectionFailed):
        client.payment_options_list()
    assert time.monotonic() - begun < 3


@TRICKLES
def test_a_file_that_trickles_in_is_given_up(serve, script):
    url = serve(script).url
    begun = time.monotonic()
    with pytest.raises(FileNotGiven):
        fetch(url, [url], patience=1)
    assert time.monotonic() - begun < 3


def test_a_kept_connection_is_watched_too(serve, make_client):
    def script():
        yield b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"payment_options":[]}'
        # The second call comes by the same connection.
        time.sleep(0.2)
        yield from trickle(HEAD)()

    server = serve(script)
    client = make_client(server.url, budget=0.5, timeout=1, clock=time.monotonic)
    assert client.payment_options_list() == []
    begun = time.monotonic()
    with pytest.raises(errors.ConnectionFailed):
        client.payment_options_list()
    assert time.monotonic() - begun < 3


def test_a_call_is_not_cut_by_the_time_of_the_one_before(sim, make_client):
    client = make_client(sim.url, budget=0.2, timeout=0.2, clock=time.monotonic)
    for _number in range(3):
        assert client.payment_options_list()
        time.sleep(0.3)


def test_the_body_of_a_redirect_is_not_read_without_end(serve, make_client):
    server = serve(lead_away)
    with pytest.raises(errors.AnswerUnreadable):
        make_client(server.url).payment_options_list()
    # No further than that of any answer.
    assert server.sent < 64 * len(MEGABYTE)


def test_the_body_of_a_redirect_to_another_file_is_not_read(serve):
    server = serve(lead_away)
    with pytest.raises(FileUnreadable):
        fetch(server.url, [server.url])
    assert server.sent < 32 * len(MEGABYTE)
