import contextlib
import os
from functools import partial

from odoo import fields, models

from ..tools.document import Edition

XML = "application/xml"
GZIP = "application/gzip"
BINARY = "application/octet-stream"


class ProductDataFeedFile(models.AbstractModel):
    """The files of a feed: what is published, and what the next generation takes over from it."""

    _name = "product.data.feed.file"
    _description = "File of a Data Feed"

    generated_at = fields.Datetime(readonly=True, copy=False)
    offer_count = fields.Integer(string="Offers", readonly=True, copy=False)
    file_size = fields.Integer(string="File Size (Bytes)", readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment", string="File", readonly=True, copy=False, groups="base.group_system"
    )
    compressed_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Compressed File",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    index_attachment_id = fields.Many2one(
        "ir.attachment",
        string="List of Pieces",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Where each product is in the file, so that the next one can take it over.",
    )
    # Name in the file store of the file before the present one. Somebody may be about to read it.
    last_file_names = fields.Json(readonly=True, copy=False, groups="base.group_system")

    def _get_folder(self):
        """Return the folder for temporary files: beside the file store, where there is space."""
        attachment = self.env["ir.attachment"]
        if attachment._storage() == "db":
            return None
        folder = attachment._filestore()
        # Odoo makes it with the first file, and a copy of a database may have none yet.
        os.makedirs(folder, exist_ok=True)
        return folder

    @contextlib.contextmanager
    def _open_edition(self):
        """Give what is published, as far as it can be taken over; ``None`` if it cannot.

        :rtype: ContextManager[Edition | None]
        """
        with contextlib.ExitStack() as stack:
            streams = []
            for attachment in (self.attachment_id, self.compressed_attachment_id):
                stream = attachment._open_stream() if attachment else None
                if stream:
                    stack.enter_context(stream)
                streams.append(stream)
            if self.index_attachment_id and all(streams):
                yield Edition.load(self.index_attachment_id.raw, *streams)
            else:
                yield None

    def _store_edition(self, edition, plain, compressed):
        """Put a new edition in place of the old one. Readers see it when the transaction ends.

        :param Edition edition: by ``Document.finish``, like the others
        :param Written plain: the file
        :param Written compressed: its compressed twin
        """
        name = f"{self.format}.xml"
        replaced = (self.attachment_id | self.compressed_attachment_id).mapped("store_fname")
        for field_name, title, mimetype, written in (
            ("attachment_id", name, XML, plain),
            ("compressed_attachment_id", f"{name}.gz", GZIP, compressed),
        ):
            with written.file as file:
                self._get_attachment(field_name, title, mimetype)._set_stream(
                    file, written.checksum, written.size
                )
        index = self._get_attachment("index_attachment_id", f"{name}.index", BINARY)
        index.raw = edition.dump()
        self._remove_files(self.last_file_names or [])
        self.write({"last_file_names": replaced, "file_size": plain.size})

    def _remove_files(self, names):
        """Remove files that no attachment uses any more, when this transaction has succeeded.

        The core's own collection comes once a day; until then a large feed that is refreshed every
        few minutes would fill the disk.

        :param list names: of files in the file store
        """
        attachments = self.env["ir.attachment"].search(
            # Files of fields are found only by those who ask for them.
            [("store_fname", "in", names), ("id", "!=", False)]
        )
        unused = set(filter(None, names)) - set(attachments.mapped("store_fname"))
        paths = [attachments._full_path(name) for name in unused]
        self.env.cr.postcommit.add(partial(_unlink, paths))

    def _get_attachment(self, field_name, name, mimetype):
        """Return the attachment of a field, a new one if there is none yet."""
        if not self[field_name]:
            self[field_name] = self.env["ir.attachment"].create(
                {
                    "name": name,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                    # Files of a field are not shown among the documents of the chatter.
                    "res_field": field_name,
                }
            )
        return self[field_name]


def _unlink(paths):
    for path in paths:
        with contextlib.suppress(OSError):
            os.unlink(path)
