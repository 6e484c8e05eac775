"""Stand-alone server: `python -m tests.prom_simulator --port 8099`."""

import argparse
import signal
import sys
import threading
from datetime import datetime, timezone

from . import PromSimulator


def _moment(text):
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="prom_simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099, help="0 for a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=40)
    parser.add_argument("--products", type=int, default=60)
    parser.add_argument("--token", default="prom-simulator-token")
    parser.add_argument("--scopes", help="sections of the token, comma separated")
    parser.add_argument("--now", type=_moment, help="ISO date the data is relative to")
    parser.add_argument("--import-fetch", action="store_true", help="read feeds of localhost")
    return parser.parse_args(argv)


def main(argv=None):
    """Run until SIGINT or SIGTERM.

    :param list argv: arguments, those of the process when left out.
    :return: exit code.
    :rtype: int
    """
    args = _arguments(argv)
    simulator = PromSimulator(
        seed=args.seed,
        token=args.token,
        scopes=args.scopes.split(",") if args.scopes else None,
        now=args.now,
        host=args.host,
        port=args.port,
        orders=args.orders,
        products=args.products,
        import_fetch=args.import_fetch,
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_args: stopped.set())
    try:
        simulator.start()
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {args.host}:{args.port}: {error.strerror}.\n")
        return 1
    sys.stdout.write(f"Prom simulator ready at {simulator.url} token={simulator.token}\n")
    sys.stdout.flush()
    stopped.wait()
    simulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
