import gzip
import io
import resource
import subprocess
import sys
import tempfile
import textwrap
import threading
import tracemalloc
import zipfile
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..api.catalogue.errors import FileUnreadable
from ..api.catalogue.fetch import fetch
from ..api.catalogue.table import MAX_FILE, MAX_UNPACKED, read_tables
from .test_catalogue import make_xls, make_xlsx

API = Path(__file__).resolve().parents[1] / "api"
# What one worker of Odoo may take beside Odoo itself, and where the operating system stops it.
MEMORY = 512 * 1024**2
LIMIT = 2 * 1024**3
READ = textwrap.dedent(
    """
    import resource, sys
    sys.path.insert(0, sys.argv[1])
    from catalogue.attributes import read_attributes
    from catalogue.categories import read_categories
    from catalogue.errors import FileUnreadable
    content = open(sys.argv[2], "rb").read()
    for read in (read_categories, read_attributes):
        try:
            read(content)
        except FileUnreadable as error:
            print(error.code)
        else:
            print("read")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    """
)
SHEET = "xl/worksheets/sheet1.xml"


def repack(content, **changes):
    """Return an XLSX file with some of its parts replaced."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
    return result.getvalue()


def make_sheet(dimension, rows):
    """Return an XLSX file whose only sheet claims a size and has these rows of XML."""
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    )
    return repack(make_xlsx([("x",)]), **{SHEET: xml.encode()})


@contextmanager
def serving(body, status=200, **headers):
    """Answer every request with these bytes; the block gets the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/file"
    finally:
        server.shutdown()
        server.server_close()


@tagged("post_install", "-at_install")
class TestCatalogueBomb(BaseCase):
    """Small files that unpack, expand or claim to be huge."""

    def _read_in_bounds(self, content):
        """Read a file in a process of its own, which takes no more memory than ``MEMORY``."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            done = subprocess.run(
                [sys.executable, "-c", READ, str(API), file.name],
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT)),
            )
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        *results, taken = done.stdout.split()
        self.assertLess(int(taken), MEMORY)
        return results

    def test_entities_do_not_expand(self):
        entities = "".join(
            f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "ha"}">'
            for number in range(12)
        )
        bomb = f"<!DOCTYPE c [{entities}]><c><category id='1' caption='&e11;'/></c>"
        self.assertEqual(self._read_in_bounds(bomb.encode()), ["broken", "broken"])

    def test_files_of_the_server_are_not_read(self):
        declared = '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        spy = f'{declared}<c><category id="1" caption="x">&x;</category></c>'
        self.assertEqual(self._read_in_bounds(spy.encode()), ["broken", "broken"])

    def test_workbook_that_claims_all_cells_there_are(self):
        rows = "".join(
            f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in (1, 1048576)
        )
        bomb = make_sheet("A1:XFD1048576", rows)
        self.assertLess(len(bomb), 20_000)
        self.assertNotIn("read", self._read_in_bounds(bomb))

    def test_workbook_that_unpacks_to_gigabytes(self):
        row = '<row r="1"><c r="A1"><v>1</v></c></row>'
        bomb = make_sheet("A1", row + " " * (MAX_UNPACKED + 1))
        self.assertLess(len(bomb), 1024**2)
        self.assertIn("too_large", self._read_in_bounds(bomb))

    def test_workbook_that_lies_about_its_size(self):
        honest = make_sheet("A1", "<row><c><v>1</v></c></row>" + " " * (2 * MAX_UNPACKED))
        with zipfile.ZipFile(io.BytesIO(honest)) as archive:
            size = archive.getinfo(SHEET).file_size
        bomb = honest.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
        self.assertNotEqual(bomb, honest)
        self.assertNotIn("read", self._read_in_bounds(bomb))

    def test_many_sheets_are_not_all_read(self):
        book = make_xlsx(*[[("x", 1)]] * 50)
        self.assertLess(len(read_tables(book)), 50)

    def test_old_workbook_with_one_cell_far_away(self):
        rows = [[None] * 255 + ["far"]] + [[]] * 65_000 + [["low"]]
        self.assertEqual(len(self._read_in_bounds(make_xls(rows))), 2)

    def test_table_of_nothing_but_separators(self):
        for content in (b"," * (MAX_FILE - 1), b",\n" * (MAX_FILE // 2 - 1)):
            self.assertNotIn("read", self._read_in_bounds(content))

    def test_file_that_is_too_large_is_not_opened(self):
        with self.assertRaises(FileUnreadable) as caught:
            read_tables(b"x" * (MAX_FILE + 1))
        self.assertEqual(caught.exception.code, "too_large")

    def test_answer_that_unpacks_to_more_than_fits_is_dropped(self):
        packer = zlib.compressobj(wbits=31)
        zeros = bytes(1024**2)
        bomb = b"".join(packer.compress(zeros) for _number in range(300)) + packer.flush()
        with serving(bomb, Content_Encoding="gzip") as address:
            tracemalloc.start()
            try:
                self.assertIsNone(fetch(address))
                self.assertLess(tracemalloc.get_traced_memory()[1], 3 * MAX_FILE)
            finally:
                tracemalloc.stop()
        with serving(gzip.compress(b"fine"), Content_Encoding="gzip") as address:
            self.assertEqual(fetch(address), b"fine")

    def test_answer_that_is_packed_twice_is_dropped(self):
        bomb = gzip.compress(gzip.compress(b"\0" * 1000))
        with serving(bomb, Content_Encoding="gzip, gzip") as address:
            self.assertIsNone(fetch(address))

    def test_redirect_of_a_link_is_not_followed(self):
        with (
            serving(b"secret") as inside,
            serving(b"", status=302, Location=inside) as address,
        ):
            self.assertIsNone(fetch(address))
