"""Fixtures: a running simulator and a client that validates every answer."""

import tempfile
from pathlib import Path

import pytest
import requests
from hypothesis.configuration import set_hypothesis_home_dir

from tests.prom_simulator import PromSimulator

from . import contract

TIMEOUT = 10

# Keeps the tables of hypothesis out of the repository.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "prom-simulator-hypothesis")


class Api:
    """Plain client of the simulator; with `strict` every answer must fit the description."""

    def __init__(self, sim, language=None, token=None):
        self.sim = sim
        self.strict = True
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token or sim.token}"
        if language:
            self.session.headers["X-LANGUAGE"] = language

    def call(self, method, path, **kwargs):
        response = self.session.request(method, self.sim.url + path, timeout=TIMEOUT, **kwargs)
        if self.strict:
            contract.check(response, self.sim.url)
        return response

    def get(self, path, **params):
        return self.call("GET", path, params=params).json()

    def post(self, path, data=None, **kwargs):
        if not kwargs:
            kwargs = {"json": data}
        return self.call("POST", path, **kwargs).json()

    def put(self, path, data):
        return self.call("PUT", path, json=data).json()

    def walk(self, path, name, **params):
        """Read a whole list by `last_id`, dropping the boundary record."""
        seen, last = {}, None
        while True:
            query = dict(params, **({"last_id": last} if last else {}))
            rows = self.get(path, **query)[name]
            fresh = [row for row in rows if row["id"] not in seen]
            if not fresh:
                return list(seen.values())
            seen.update({row["id"]: row for row in fresh})
            last = rows[-1]["id"]


@pytest.fixture
def make_sim():
    """Factory of running simulators, stopped after the test."""
    started = []

    def make(**options):
        sim = PromSimulator(**options).start()
        started.append(sim)
        return sim

    yield make
    for sim in started:
        sim.stop()


@pytest.fixture
def sim(make_sim):
    return make_sim(seed=1)


@pytest.fixture
def api(sim):
    client = Api(sim)
    yield client
    client.session.close()


@pytest.fixture
def loose(api):
    """The same client without validation, for spoilt answers."""
    api.strict = False
    return api
