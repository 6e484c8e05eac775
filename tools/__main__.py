"""Entry point: ``python3 -m tools <command>``, called by the Makefile."""

import argparse
import shutil
import sys

from .console import Failure, say
from .paths import LOCAL


def main():
    """Run the command and return its exit status."""
    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["odoo"]:
            # Everything behind the word belongs to Odoo.
            from .odoo import run_odoo

            return run_odoo(arguments[1:])
        return _dispatch(_parser().parse_args(arguments))
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    except OSError as error:
        say(f"\n{error.strerror or error}: {error.filename or ''} - mend this and start again.")
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo")
    demo.add_argument("--port", type=int, default=8069)
    demo.add_argument("--smoke", action="store_true")
    test = commands.add_parser("test")
    test.add_argument("--suite", type=lambda text: text.split(","))
    test.add_argument("--tags")
    run = commands.add_parser("run")
    run.add_argument("--database", default="merchant")
    run.add_argument("--port", type=int, default=8069)
    for name in ("lint", "format", "bench", "screenshots", "i18n", "clean"):
        commands.add_parser(name)
    return parser


def _dispatch(options):
    if options.command == "clean":
        return _clean()
    match options.command:
        case "test":
            from .lock import locked
            from .testing import run_tests

            with locked("test"):
                return run_tests(options.suite, options.tags)
        case "demo":
            from .demo import run_demo

            return run_demo(options.port, smoke=options.smoke)
        case "run":
            from .demo import run_suite

            return run_suite(options.database, options.port)
        case "lint" | "format":
            from . import lint

            return getattr(lint, options.command)()
        case "i18n":
            from .i18n import i18n

            return i18n()
        case "bench" | "screenshots":
            from . import scripts

            return getattr(scripts, options.command)()
    return 2


def _clean():
    from .postgres import stop_servers

    stop_servers()
    shutil.rmtree(LOCAL, ignore_errors=True)
    say("Removed .local/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
