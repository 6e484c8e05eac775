import base64
import logging
from datetime import timedelta

from odoo import api, fields, models

from ..exceptions import FileRefused, MarketplaceError
from ..secret import unseal
from .merchant_category_merge import Tree
from .merchant_job import CONFLICTS, MAX_CONFLICTS, PAUSE_AFTER_CONFLICTS

_logger = logging.getLogger(__name__)

# Categories that are committed together.
PAGE = 500
# Rows of which the report says more than that they were left out.
MAX_ROWS = 1000
# What a row says is cut there.
MAX_TEXT = 200
# So often a file is begun, or an address asked, without getting anywhere.
MAX_ATTEMPTS = 5


class MerchantCatalogueImport(models.Model):
    """Reads files page by page.

    A page, the counters and the place to go on are committed together. So an import that is
    interrupted anywhere goes on from there, and nothing counts twice.
    """

    _inherit = "merchant.catalogue.import"

    @api.model
    def _cron_work(self):
        """Read what waits, one file after the other. Entry point of `cron_catalogue_imports`."""
        progress = self.env["ir.cron"]._commit_progress
        due = self._search_due()
        progress(remaining=len(due))
        for record in due:
            has_time = record._work()
            if not progress(1) or not has_time:
                break
        if waiting := self.search([("state", "in", self._OPEN_STATES)]):
            now = fields.Datetime.now()
            self._wake(min(record.next_attempt or now for record in waiting))

    @api.model
    def _search_due(self):
        """Return the imports whose turn it is, in the order in which they were asked for."""
        return self.search(
            [
                ("state", "in", self._OPEN_STATES),
                "|",
                ("next_attempt", "=", False),
                ("next_attempt", "<=", fields.Datetime.now()),
            ],
            order="id",
        )

    def _work(self):
        """Read a file to its end, or as far as the time allows.

        :return: whether there is time left
        :rtype: bool
        """
        self.ensure_one()
        try:
            if not self._begin() or not self._get_file():
                return True
            return self._read()
        except CONFLICTS:
            # Somebody else is in the way, again and again.
            self.env.cr.rollback()
            self._postpone(fields.Datetime.now() + PAUSE_AFTER_CONFLICTS)
        except FileRefused as error:
            self.env.cr.rollback()
            self._finish("failed", error.code)
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Import %s of a catalogue failed", self.id)
            self._finish("failed", "unexpected", str(error)[:MAX_TEXT])
        return True

    def _begin(self):
        """Note that the file is begun; one that always kills its reader is given up.

        :rtype: bool
        """
        self.lock_for_update()
        if self.state not in self._OPEN_STATES:
            return False
        if self.attempts >= MAX_ATTEMPTS:
            self._finish("failed", "crashed")
            return False
        self.write(
            {
                "state": "running",
                "attempts": self.attempts + 1,
                "started_at": self.started_at or fields.Datetime.now(),
                "next_attempt": False,
            }
        )
        # Before anything that may kill the process.
        self.env["ir.cron"]._commit_progress()
        return True

    # === THE FILE === #

    def _get_adapter(self):
        return self.env[f"merchant.adapter.{self.marketplace}"]

    def _get_file(self):
        """See to it that the file is there; over the network, so no lock is held meanwhile.

        :return: whether it is
        :rtype: bool
        """
        if self.file:
            return True
        try:
            content = self._fetch()
        except FileRefused:
            raise
        except MarketplaceError as error:
            # The link stays until the last attempt.
            if self.attempts >= MAX_ATTEMPTS:
                raise FileRefused("silent") from error
            seconds = getattr(error, "seconds", None) or 0
            wait = timedelta(seconds=max(seconds, 60 * 2 ** (self.attempts - 1)))
            self._postpone(fields.Datetime.now() + wait)
            return False
        self.write({"file": base64.b64encode(content), "attempts": 1, "sealed_link": False})
        self.env["ir.cron"]._commit_progress()
        return True

    def _fetch(self):
        """Return what the marketplace gives at its address, or at the link.

        :rtype: bytes
        :raises MarketplaceError: it gives nothing
        """
        adapter = self._get_adapter()
        if self.kind == "categories":
            return adapter._fetch_category_file()
        link = unseal(self.env, self.sealed_link)
        if not link:
            raise FileRefused("link_gone")
        return adapter._fetch_attribute_file(link)

    def _parse(self):
        """Return what the file says; the same every time it is asked.

        :rtype: PortalFile | PortalAttributeFile
        :raises FileRefused: nothing can be made of it
        """
        content = base64.b64decode(self.file)
        adapter = self._get_adapter()
        if self.kind == "categories":
            return adapter._parse_category_file(content)
        return adapter._parse_attribute_file(content)

    # === PAGES === #

    def _read(self):
        """Read the file from where it stands.

        :return: whether there is time left
        :rtype: bool
        """
        file = self._parse()
        reader = Categories(self, file) if self.kind == "categories" else Attributes(self, file)
        while self._insist(reader):
            if not self.env["ir.cron"]._commit_progress():
                return False
            # A catalogue is large, and every page is a matter of its own.
            self.env.invalidate_all()
        return True

    def _insist(self, reader):
        """Do the next page; where another transaction is in the way, do it again.

        :return: whether there is another page
        :rtype: bool
        :raises CONFLICTS: it is in the way all the time
        """
        for attempt in range(MAX_CONFLICTS):
            try:
                goes_on = self._do_page(reader)
                # Here, not at the commit: there a conflict could not be met any more.
                self.env.flush_all()
            except CONFLICTS:
                if attempt == MAX_CONFLICTS - 1:
                    raise
                self.env.cr.rollback()
                reader.forget()
            else:
                return goes_on
        return False

    def _do_page(self, reader):
        """Do the next page and move on; the caller commits.

        :return: whether there is another page
        :rtype: bool
        """
        self.lock_for_update()
        if self.state != "running":
            return False  # somebody cancelled it
        if not self.position:
            self._note_beginning(reader)
        page = reader.items[self.position : self.position + reader.page_size]
        counts = self._merge(reader, page) if page else {}
        vals = {key: self[key] + number for key, number in counts.items()}
        self.write(vals | {"position": self.position + len(page), "attempts": 0})
        if self.position < len(reader.items):
            return True
        # Only now it is known what the file does not name.
        self.write(reader.finish())
        self._finish("partial" if self.skipped or self.kept else "done")
        return False

    def _note_beginning(self, reader):
        """Write down what is known before the first page."""
        self.row_ids.unlink()
        self.write(
            {
                "total": len(reader.items),
                "row_count": reader.count + len(reader.skipped),
                "skipped": 0,
            }
        )
        self._skip(reader.skipped)

    def _skip(self, rows):
        """Write down which rows were left out.

        :param rows: number, reason and text of each
        """
        room = max(MAX_ROWS - self.skipped, 0)
        self.skipped += len(rows)
        self.env["merchant.catalogue.import.row"].create(
            [
                {"import_id": self.id, "number": number, "reason": why, "text": text[:MAX_TEXT]}
                for number, why, text in rows[:room]
            ]
        )

    def _merge(self, reader, page):
        """Merge a page; what is wrong with one part of it stops no other.

        :return: numbers by the names of the counters
        """
        try:
            with self.env.cr.savepoint():
                return reader.merge(page)
        except CONFLICTS:
            raise
        except Exception as error:
            reader.forget()
            if len(page) > 1:
                return self._merge_one_by_one(reader, page)
            _logger.exception("Import %s of a catalogue cannot take a part of its file", self.id)
            self._skip([(0, "unexpected", f"{reader.describe(page[0])}: {error}")])
            return {}

    def _merge_one_by_one(self, reader, page):
        total = {}
        for item in page:
            for key, number in self._merge(reader, [item]).items():
                total[key] = total.get(key, 0) + number
        return total

    def _postpone(self, at):
        """Go on later."""
        self.next_attempt = at


class Categories:
    """A file with categories."""

    page_size = PAGE

    def __init__(self, record, file):
        self.record = record
        self.file = file
        self.model = record.env["merchant.category"]
        self.items = self.model._sort_portal(file)
        self.skipped = file.skipped
        self.count = len(self.items)
        self.tree = None

    def merge(self, page):
        """Bring categories up to date; return the numbers by counter."""
        self.tree = self.tree or Tree(self.record.env, self.record.marketplace)
        return self.model._merge_portal(self.tree, page, self.record)

    def forget(self):
        """Read anew what is known: the database was rolled back."""
        self.tree = None

    def describe(self, item):
        return " | ".join((item.external_id, *item.path))

    def finish(self):
        """Archive what vanished, and find the products of the categories that are known now."""
        marketplace = self.record.marketplace
        counts = {}
        if self.file.is_complete:
            named = {item.external_id for item in self.items}
            counts = self.model._archive_missing(marketplace, named, self.record)
        self.record.env["merchant.listing"]._follow_portal(marketplace)
        return counts


class Attributes:
    """A file with the attributes of categories; a page is one of those."""

    page_size = 1

    def __init__(self, record, file):
        self.record = record
        self.file = file
        self.items = list(file.attributes)
        self.skipped = file.skipped
        self.count = sum(map(len, file.attributes.values()))

    def merge(self, page):
        """Bring the attributes of categories up to date; return the numbers by counter."""
        counts = dict.fromkeys(("created", "updated", "unchanged", "archived"), 0)
        categories = self.record.env["merchant.category"]
        for external_id in page:
            category = categories._get_or_make_portal(
                self.record.marketplace, external_id, self.file.names.get(external_id) or {}
            )
            attributes = self.record.env["merchant.category.attribute"]
            found = attributes._merge_portal(category, self.file.attributes[external_id])
            counts = {key: counts[key] + number for key, number in found.items()}
            self.record.category_ids |= category
        return counts

    def forget(self):
        """Keep nothing between pages."""

    def describe(self, item):
        return " | ".join((item, *(self.file.names.get(item) or {}).values()))

    def finish(self):
        return {}
