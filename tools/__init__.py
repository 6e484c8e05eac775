"""The development tooling behind the Makefile; only the standard library is needed."""

import sys

# The other files do not even compile with an older Python, so this is said first.
if sys.version_info < (3, 10):  # noqa: UP036
    sys.stderr.write(
        "This is Python {}.{}, and 3.10 to 3.13 is needed: name another one, for example "
        "make PYTHON=python3.12 demo\n".format(*sys.version_info[:2])
    )
    raise SystemExit(1)
