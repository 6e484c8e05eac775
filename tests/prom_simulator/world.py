"""Everything the routes work with, in one object."""

from .clock import Clock
from .exchange import Request
from .faults import Faults
from .journal import Journal, Write
from .options import Options
from .state import State
from .tokens import Tokens


class World:
    """The simulated shop: data, clock, tokens, journal, faults and switches.

    :param seed: same seed, same data.
    :param str token: the first API token.
    :param scopes: sections of that token, all when left out.
    :param datetime now: aware moment to start from; the current time when left out.
    :param options: fields of Options.
    """

    def __init__(self, seed=1, token="prom-simulator-token", scopes=None, now=None, **options):
        self.seed = seed
        self.token = token
        self.options = Options(**options)
        self._scopes = scopes
        self._now = now
        self.journal = Journal()
        self.faults = Faults()
        self.reset()

    def reset(self):
        """Generate the data anew; forget the journal, the faults and the other tokens."""
        self.clock = Clock(self._now)
        self.state = State(self.seed, self.options, self.clock)
        self.tokens = Tokens(self.clock)
        self.tokens.add(self.token, self._scopes)
        self.journal.clear()
        self.faults.clear()

    def wrote(self, request: Request, model, key, changes):
        """Note an applied change in the journal.

        :param Request request: the call that made it.
        :param str model: kind of object.
        :param key: its id.
        :param dict changes: new values.
        """
        path = request if isinstance(request, str) else request.path
        self.journal.wrote(Write(self.clock.now(), path, model, key, dict(changes)))
