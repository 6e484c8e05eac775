"""Entry point: ``python3 -m tools <command>``, called by the Makefile."""

import argparse
import re
import shutil
import signal
import sys

from .console import Failure, say
from .paths import LOCAL

DATABASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


def main():
    """Run the command and return its exit status."""
    # What ends this program ends its servers, too.
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.default_int_handler)
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
        where = f"{error.filename}: " if error.filename else ""
        say(f"\n{where}{error.strerror or error} - mend this and start again.")
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo")
    demo.add_argument("--port", type=_port, default=8069)
    demo.add_argument("--smoke", action="store_true")
    test = commands.add_parser("test")
    test.add_argument("--suite", type=lambda text: text.split(","))
    test.add_argument("--tags")
    test.add_argument("--jobs", type=_count, default=4)
    run = commands.add_parser("run")
    run.add_argument("--database", type=_database, default="merchant")
    run.add_argument("--port", type=_port, default=8069)
    shell = commands.add_parser("shell")
    shell.add_argument("--database", type=_database, default="merchant")
    for name in ("lint", "format", "bench", "soak", "screenshots", "first-run", "i18n", "clean"):
        commands.add_parser(name)
    return parser


def _port(text):
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"PORT={text} is no port: give a number up to 65535")
    return int(text)


def _count(text):
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"JOBS={text} is no number of suites: give 1 or more")
    return int(text)


def _database(text):
    if not DATABASE_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"DB={text} is no name: use letters, digits, _ . and -")
    return text


def _dispatch(options):
    match options.command:
        case "test":
            from .testing import run_tests

            return run_tests(options.suite, options.tags, options.jobs)
        case "demo":
            from .demo import run_demo

            return run_demo(options.port, smoke=options.smoke)
        case "run":
            from .demo import run_suite

            return run_suite(options.database, options.port)
        case "shell":
            from .demo import run_shell

            return run_shell(options.database)
        case "lint" | "format":
            from . import lint

            return getattr(lint, options.command)()
        case "i18n":
            from .i18n import i18n

            return i18n()
        case "bench" | "soak" | "screenshots" | "first-run":
            from . import scripts

            return getattr(scripts, options.command.replace("-", "_"))()
        case _:
            return _clean()


def _clean():
    from .postgres import stop_servers

    stop_servers()
    shutil.rmtree(LOCAL, ignore_errors=True)
    if LOCAL.exists():
        raise Failure(
            f"Parts of {LOCAL} belong to another user: remove it as that user or as root."
        )
    say("Removed .local/.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
