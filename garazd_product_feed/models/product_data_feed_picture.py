import contextlib

from odoo import api, models
from odoo.http import Stream
from odoo.tools import SQL
from odoo.tools.mimetypes import guess_mimetype

from ..tools.picture import MAX_SIDE, to_publishable

# Marks the converted pictures among the attachments of attachments. There is no such field, but
# files of fields are not shown among documents.
CONVERTED_PICTURE = "product_data_feed_picture"


class ProductDataFeedPicture(models.AbstractModel):
    """Pictures that marketplaces would not take, converted on the first request and kept.

    A converted picture is an attachment of the attachment it was made of, so it is removed
    together with it. Its name says which content it was made of: the file of a field is changed in
    place.
    """

    _name = "product.data.feed.picture"
    _description = "Picture of a Data Feed"

    @api.model
    def _to_http_stream(self, source_sudo):
        """Return a picture in a size and format that marketplaces take.

        :param ir.attachment source_sudo: the picture of a product, with elevated rights
        :rtype: odoo.http.Stream
        :raises OSError: this is not a readable picture
        """
        name = f"{source_sudo.checksum}-{MAX_SIDE}"
        vals = {
            "res_model": source_sudo._name,
            "res_id": source_sudo.id,
            "res_field": CONVERTED_PICTURE,
            "name": name,
        }
        found = source_sudo.search([(key, "=", value) for key, value in vals.items()], limit=1)
        with contextlib.suppress(FileNotFoundError):
            if found:
                return found._to_http_stream()
        data = self._convert(source_sudo)
        if data is None:
            return source_sudo._to_http_stream()
        if self._lock(name):
            # What was found has lost its file.
            found.unlink()
            return source_sudo.create(vals | {"raw": data})._to_http_stream()
        return Stream(
            type="data",
            data=data,
            mimetype=guess_mimetype(data),
            etag=source_sudo._compute_checksum(data),
            size=len(data),
        )

    @api.model
    def _convert(self, source_sudo):
        file = source_sudo._open_stream()
        if not file:
            raise FileNotFoundError(source_sudo.store_fname)
        with file:
            return to_publishable(file)

    @api.model
    def _lock(self, name):
        """Tell whether nobody else is storing the same file now, and keep them from doing so.

        Two transactions that write one file of the file store could see each other's half.
        """
        query = SQL("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", name)
        return self.env.execute_query(query)[0][0]

    @api.autovacuum
    def _gc_pictures(self):
        """Remove what was made of pictures that have changed or gone past the ORM."""
        stale = self.env.execute_query(
            SQL(
                """
                SELECT picture.id
                  FROM ir_attachment picture
             LEFT JOIN ir_attachment source ON source.id = picture.res_id
                 WHERE picture.res_model = 'ir.attachment'
                   AND picture.res_field = %s
                   AND picture.name != concat(source.checksum, '-', %s)
                """,
                CONVERTED_PICTURE,
                MAX_SIDE,
            )
        )
        self.env["ir.attachment"].browse(id_ for (id_,) in stale).unlink()
