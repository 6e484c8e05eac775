import tempfile

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request
from odoo.tools import osutil

from ..tools.spreadsheet import CSV, WRITERS

# More than that goes to the disk while the file is written.
IN_MEMORY = 4 * 1024 * 1024


class MerchantSnapshotController(http.Controller):
    @http.route(
        "/merchant_center/snapshot/<int:store_id>.<string:extension>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def merchant_snapshot(self, store_id, extension, **kwargs):
        """Send what a store showed when its products were read first.

        :param int store_id: a store that the user administers
        :param str extension: ``csv`` or ``xlsx``
        """
        store = request.env["merchant.store"].with_context(active_test=False)
        store = store.search([("id", "=", store_id)])
        if not store or extension not in WRITERS:
            raise NotFound
        try:
            store._check_administrator()
        except AccessError as error:
            raise NotFound from error
        write, mimetype = WRITERS[extension]
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            write(store._get_snapshot_rows(), file)
            file.seek(0)
            content = file.read()
        day = fields.Date.context_today(store)
        name = osutil.clean_filename(f"{store.name} {day}.{extension}")
        headers = [
            ("Content-Type", mimetype),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if extension == CSV:
            headers.append(("Content-Security-Policy", "sandbox"))
        return request.make_response(content, headers)
