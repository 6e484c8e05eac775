import io
import os
import shutil

from odoo import models

from odoo.addons.base.models.ir_attachment import IrAttachment as BaseAttachment


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _set_stream(self, stream, checksum, size):
        """Make a file the content of this attachment without reading it into memory.

        The core only takes the whole content at once (``_set_attachment_data``). Readers see the
        new content when the transaction ends; whoever is reading the old one goes on with it.

        :param BinaryIO stream: the content, positioned at its beginning
        :param str checksum: its SHA-1 digest
        :param int size: its bytes
        """
        self.ensure_one()
        if self._storage() == "db":
            self.raw = stream.read()
            return
        name = f"{checksum[:2]}/{checksum}"
        vals = {"store_fname": name, "db_datas": False, "checksum": checksum, "file_size": size}
        old_name = self.store_fname
        # Past the core's own `write`, which ignores these fields.
        super(BaseAttachment, self.sudo()).write(vals)  # pylint: disable=super-method-mismatch
        # As in the core: the lock on the row keeps the garbage collection away until the end of
        # the transaction.
        self.flush_recordset(list(vals))
        path = self._full_path(name)
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # In case this process is killed. A name without a dot, which would be dropped.
            self._mark_for_gc(f"{name}-part")
            with open(f"{path}-part", "wb") as output:
                shutil.copyfileobj(stream, output, 1 << 20)
            os.replace(f"{path}-part", path)
            # In case the transaction is rolled back.
            self._mark_for_gc(name)
        if old_name and old_name != name:
            self._mark_for_gc(old_name)

    def _open_stream(self):
        """Return the content for reading; ``None`` when it is missing.

        :rtype: BinaryIO | None
        """
        self.ensure_one()
        if not self.store_fname:
            return io.BytesIO(self.raw or b"")
        try:
            return open(self._full_path(self.store_fname), "rb")
        except OSError:
            return None
