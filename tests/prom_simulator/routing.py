"""Table of routes (api.md 1, "All 35 documented paths")."""

import re
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True)
class Route:
    """A documented path.

    `pattern` names its variable parts `{id}` (digits) or `{text}` (anything but a slash);
    `handler(world, request, *parts)` returns JSON-like data or a Response.
    """

    method: str
    pattern: str
    section: str
    handler: object


class Router:
    """Finds the route of a request.

    :param routes: iterable of Route.
    """

    def __init__(self, routes):
        self._routes = [(self._compile(route.pattern), route) for route in routes]
        self.paths = [(route.method, route.pattern) for _regex, route in self._routes]

    @staticmethod
    def _compile(pattern):
        escaped = re.escape(pattern)
        escaped = escaped.replace(r"\{id\}", r"(\d{1,18})").replace(r"\{text\}", "([^/]+)")
        return re.compile(escaped + r"\Z")

    def find(self, method, path):
        """Find a route.

        :param str method: HTTP method.
        :param str path: raw path below the base path.
        :return: (route, parts, methods the path knows); route is None when none fits.
        :rtype: tuple
        """
        allowed = []
        for regex, route in self._routes:
            match = regex.match(path)
            if not match:
                continue
            if route.method == method:
                parts = [
                    int(part) if "{id}" in route.pattern else unquote(part)
                    for part in match.groups()
                ]
                return route, parts, [method]
            allowed.append(route.method)
        return None, [], allowed
