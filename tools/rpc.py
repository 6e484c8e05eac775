"""Talks to a running Odoo the way any client does: JSON-RPC over HTTP."""

import json
import urllib.request

from .console import Failure


class Client:
    """A logged-in user of an Odoo server."""

    def __init__(self, url, database, login, password):
        self.url, self.database, self.password = url, database, password
        self.uid = self._call("common", "login", database, login, password)
        if not self.uid:
            raise Failure(f"{login} cannot log in to {database} at {url}.")

    def __call__(self, model, method, *args, **kwargs):
        """Call a method of a model.

        :raises Failure: the server answers with an error
        """
        return self._call(
            "object",
            "execute_kw",
            self.database,
            self.uid,
            self.password,
            model,
            method,
            args,
            kwargs,
        )

    def _call(self, service, method, *args):
        params = {"service": service, "method": method, "args": args}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        request = urllib.request.Request(
            f"{self.url}/jsonrpc",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            result = json.load(answer)
        if "error" in result:
            raise Failure(f"{args[3:5]}: {result['error']['data']['message']}")
        return result.get("result")
