"""Talks to a running Odoo the way its own pages do: JSON over HTTP, with a session."""

import http.cookiejar
import json
import urllib.request

from .console import Failure


class Client:
    """A logged-in user of an Odoo server."""

    def __init__(self, url, database, login, password):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )

    def __call__(self, model, method, *args, **kwargs):
        """Call a method of a model.

        :raises Failure: the server answers with an error
        """
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def _post(self, path, params):
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=120) as answer:
            result = json.load(answer)
        if "error" in result:
            raise Failure(f"{path}: {result['error']['data']['message']}")
        return result.get("result")
