"""One call over HTTP: pace, token, timeout, repetition, decoding, journal."""

import logging
import random
import re
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

from . import answers, const, errors
from .patience import Patience

_logger = logging.getLogger(__name__)

_TOKEN = re.compile(r"[\x21-\x7e]+")
#: Shorter tokens are no secrets; masking them would spoil the answers.
_MASKED_LENGTH = 8
_CHUNK = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call, described and not sent. `path` is relative to the base address."""

    method: str
    path: str
    body: object = field(default=None, repr=False)

    @property
    def endpoint(self):
        """Method and path, for people.

        :rtype: str
        """
        return f"{self.method} {self.path}"

    @property
    def reads(self):
        """Whether the call changes nothing.

        :rtype: bool
        """
        return self.method == "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One attempt of a call, for a journal. It never holds the token.

    `status` is None without an answer, `error` names what went wrong on the way; `answer` is the
    beginning of the body and may hold personal data.
    """

    method: str
    path: str
    params: dict | None
    body: object = field(repr=False)
    status: int | None
    seconds: float
    answer: str = field(repr=False)
    attempt: int
    error: str | None = None


class _BearerAuth(requests.auth.AuthBase):
    """Adds the token. Given as `auth`, so that no `.netrc` of the machine can replace it."""

    def __init__(self, token):
        self._token = token

    def __call__(self, prepared):
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


class _OwnPace:
    """The pace of one client alone, for scripts; whoever has several shares one among them."""

    def __init__(self, clock):
        self._clock = clock
        self._free_at = 0.0

    def __call__(self, interval):
        now = self._clock()
        begins = max(self._free_at, now)
        self._free_at = begins + interval
        return begins - now


class Transport:
    """Makes the calls of :class:`.client.PromClient`, which documents the arguments."""

    def __init__(
        self,
        token,
        base_url=const.BASE_URL,
        *,
        read_only,
        language="uk",
        session=None,
        sleep=time.sleep,
        clock=time.monotonic,
        on_exchange=None,
        budget=const.BUDGET,
        min_interval=const.MIN_INTERVAL,
        timeout=const.TIMEOUT,
        take_turn=None,
    ):
        self._token = (token or "").strip()
        self._base_url = _checked_url(base_url)
        self._read_only = read_only
        self._headers = {"Accept": "application/json", "X-LANGUAGE": language}
        self._patience = Patience()
        self._session = session or self._patience.make_session()
        self._sleep = sleep
        self._clock = clock
        self._on_exchange = on_exchange
        self._budget = budget
        self._min_interval = min_interval
        self._timeout = timeout
        self._take_turn = take_turn or _OwnPace(clock)

    def __repr__(self):
        mode = "read-only" if self._read_only else "writing"
        return f"<PromClient {self._base_url} {mode}>"

    def close(self):
        """Close the kept connections."""
        self._session.close()

    def _request(self, method, path, params=None, json=None, timeout=None):
        """Make a call; repeat it where that is safe and the budget allows.

        :param float timeout: seconds without a byte, where a call takes longer than others
        :return: the decoded answer, which may still report an error
        :rtype: dict
        """
        request = Request(method=method, path=path, body=json)
        if self._read_only and not request.reads:
            raise errors.WriteRefused(request)
        if not _TOKEN.fullmatch(self._token):
            raise errors.TokenRejected("this text cannot be a token", endpoint=request.endpoint)
        params = {key: value for key, value in (params or {}).items() if value is not None}
        timeout = max(self._timeout, timeout or 0)
        deadline = self._clock() + self._budget
        attempt = 1
        while True:
            try:
                return self._attempt(request, params, attempt, timeout)
            except errors.PromError as err:
                wait = self._wait_after(err, attempt)
                if wait is None or self._clock() + wait > deadline:
                    raise
                _logger.info("%s; attempt %d follows in %.1f s", err, attempt + 1, wait)
            attempt += 1
            self._sleep(wait)

    def _wait_after(self, err, attempt):
        """Return the seconds until the next attempt, None when there must not be one."""
        if not err.repeatable or attempt >= const.MAX_ATTEMPTS:
            return None
        asked = getattr(err, "retry_after", None)
        if asked is not None:
            return asked
        return random.uniform(0, const.BACKOFF * 2 ** (attempt - 1))

    def _attempt(self, request, params, attempt, timeout):
        self._pace()
        status, headers, content, failure = None, {}, "", None
        started = self._clock()
        try:
            longest = self._budget + timeout
            with self._patience.lasting(longest) as wait:
                with self._send(request, params, timeout) as response:
                    status, headers = response.status_code, response.headers
                    content = self._content(request, response, started + longest)
                if wait.is_over:
                    raise requests.ReadTimeout("the answer does not end")
            return self._judge(request, status, headers, content)
        except (requests.RequestException, OSError, ValueError) as err:
            failure = self._no_answer(request, status, err)
            raise failure from err
        except errors.PromError as err:
            failure = err
            raise
        finally:
            self._tell(request, params, status, content, attempt, started, failure)

    def _pace(self):
        wait = self._take_turn(self._min_interval) if self._min_interval else 0
        if wait > 0:
            self._sleep(wait)

    def _send(self, request, params, timeout):
        return self._session.request(
            request.method,
            self._base_url + request.path,
            params=params,
            json=request.body,
            headers=self._headers,
            auth=_BearerAuth(self._token),
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )

    def _content(self, request, response, deadline):
        """Read the body: bounded in size and time, without the token, should it be echoed."""
        if "," in response.headers.get("Content-Encoding", ""):
            # Each layer may multiply the size by a thousand before it can be counted.
            raise errors.AnswerUnreadable(
                "the answer is packed more than once",
                status=response.status_code,
                endpoint=request.endpoint,
            )
        chunks, size = [], 0
        for chunk in response.iter_content(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > const.MAX_ANSWER:
                raise errors.AnswerUnreadable(
                    "the answer is too large",
                    status=response.status_code,
                    endpoint=request.endpoint,
                )
            if self._clock() > deadline:
                raise requests.ReadTimeout("the answer does not end")
        return self._mask(b"".join(chunks).decode("utf-8-sig", "replace"))

    def _judge(self, request, status, headers, content):
        """Return the answer as JSON or raise what it stands for."""
        details = {
            "status": status,
            "endpoint": request.endpoint,
            "excerpt": " ".join(content[: const.EXCHANGE_EXCERPT].split())[: const.ERROR_EXCERPT],
        }
        if status == 429 or status >= 500:
            kind = errors.RateLimited if status == 429 else errors.ServerFailed
            raise kind(
                f"HTTP {status}",
                retry_after=answers.retry_after(headers),
                repeatable=status == 429 or request.reads,
                **details,
            )
        if status in (401, 403):
            raise errors.TokenRejected(f"HTTP {status}", **details)
        if status == 404:
            raise errors.NotFound("HTTP 404", **details)
        if not 200 <= status < 300 and status < 400:
            raise errors.AnswerUnreadable(
                f"HTTP {status}: the address answers with a redirect, which is not followed so "
                "that the token goes nowhere else; check the address of the API",
                **details,
            )
        try:
            data = answers.decode(content)
        except ValueError as err:
            if status >= 400:
                raise errors.RequestRejected({}, **details) from err
            raise errors.AnswerUnreadable(
                "the answer is not a JSON object", repeatable=request.reads, **details
            ) from err
        if status >= 400:
            raise errors.RequestRejected(answers.rejections(data), **details)
        return data

    def _no_answer(self, request, status, err):
        """Turn what the network did into our error; leave no token in the original one."""
        prepared = getattr(err, "request", None)
        if prepared is not None:
            prepared.headers.pop("Authorization", None)
        return errors.ConnectionFailed(
            f"no complete answer ({type(err).__name__})",
            status=status,
            endpoint=request.endpoint,
            repeatable=request.reads or _never_sent(err),
        )

    def _tell(self, request, params, status, content, attempt, started, failure):
        if self._on_exchange is None:
            return
        self._on_exchange(
            Exchange(
                method=request.method,
                path=request.path,
                params=params,
                body=request.body,
                status=status,
                seconds=self._clock() - started,
                answer=content[: const.EXCHANGE_EXCERPT],
                attempt=attempt,
                error=str(failure) if failure else None,
            )
        )

    def _mask(self, content):
        if len(self._token) < _MASKED_LENGTH:
            return content
        return content.replace(self._token, "***")


def _checked_url(url):
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("the address of the API must look like https://my.prom.ua/api/v1")
    if parts.query or parts.fragment:
        raise ValueError("the address of the API has no query and no fragment")
    return url.strip().rstrip("/")


def _never_sent(err):
    """Tell whether a request provably never left: no connection could be made."""
    if isinstance(err, requests.ConnectTimeout):
        return True
    reason = getattr(err.args[0] if err.args else None, "reason", None)
    origin = getattr(reason, "__cause__", None) or getattr(reason, "__context__", None)
    return isinstance(origin, ConnectionRefusedError | socket.gaierror)
