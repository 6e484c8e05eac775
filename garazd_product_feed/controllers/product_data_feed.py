from werkzeug.datastructures import Accept
from werkzeug.exceptions import NotFound
from werkzeug.http import parse_accept_header

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

# Database ids do not go further; beyond it the database refuses to compare.
MAX_ID = 2**31 - 1
XML = "application/xml; charset=utf-8"
# The address of a picture changes when the picture does.
PICTURE_MAX_AGE = 7 * 24 * 3600
PUBLIC_ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["GET"],
    "save_session": False,
    # Visits and converted pictures are stored.
    "readonly": False,
}


class ProductDataFeedController(http.Controller):
    """Serves what the scheduled action has prepared. No file is ever generated on request, and
    everything that is wrong is answered with 404, so that nobody learns which feeds exist.
    """

    @http.route("/product_feed/<string:token>/<string:name>.xml", **PUBLIC_ROUTE)
    def product_feed(self, token, name, **kwargs):
        """Send the file of a feed, compressed if the client accepts that.

        HEAD, conditional and range requests are answered as HTTP says.

        :param str token: the secret part of the link
        :param str name: anything
        """
        feed_sudo = self._get_feed(token)
        plain, compressed = feed_sudo.attachment_id, feed_sudo.compressed_attachment_id
        if not plain:
            raise NotFound
        headers = request.httprequest.headers
        accepted = parse_accept_header(headers.get("Accept-Encoding"), Accept)
        gzip = bool(compressed) and accepted.quality("gzip") > 0
        try:
            stream = (compressed if gzip else plain)._to_http_stream()
        except FileNotFoundError as error:
            raise NotFound from error
        stream.mimetype = "application/xml"
        stream.download_name = plain.name
        stream.public = False
        response = stream.get_response()
        response.headers["Content-Type"] = XML
        response.headers["Vary"] = "Accept-Encoding"
        if gzip:
            response.headers["Content-Encoding"] = "gzip"
        if request.httprequest.method == "GET":
            request.env["product.data.feed.fetch"].sudo()._record(
                feed_sudo,
                user_agent=headers.get("User-Agent"),
                status="unchanged" if response.status_code == 304 else "sent",
                compressed=gzip,
                by_old_link=feed_sudo._is_previous_token(token),
            )
        return response

    @http.route(
        f"/product_feed/<string:token>/image/<int(max={MAX_ID}):product_id>"
        "/<int(max=99):number>/<string:name>",
        **PUBLIC_ROUTE,
    )
    def product_feed_image(self, token, product_id, number, name, **kwargs):
        """Send one picture of a product of a feed, small enough for marketplaces.

        :param str token: the secret part of the feed's link
        :param int product_id: a variant that fits the feed's conditions
        :param int number: 1 for the main picture
        :param str name: anything
        """
        attachment_sudo = self._get_feed(token)._find_picture(product_id, number)
        if not attachment_sudo:
            raise NotFound
        try:
            stream = request.env["product.data.feed.picture"]._to_http_stream(attachment_sudo)
        except OSError as error:
            raise NotFound from error
        stream.public = True
        stream.max_age = PICTURE_MAX_AGE
        stream.download_name = None
        return stream.get_response()

    @http.route(
        f"/product_feed/preview/<int(max={MAX_ID}):feed_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def product_feed_preview(self, feed_id, raw=None, **kwargs):
        """Show the first offers of a feed, and what is wrong with them, to who may read the feed.

        :param int feed_id: the feed
        :param str raw: anything to get only the file
        """
        feed = request.env["product.data.feed"].browse(feed_id).exists()
        if not feed or not feed.has_access("read"):
            raise NotFound
        content, findings, error = b"", [], False
        try:
            content, findings = feed._render_preview()
        except UserError as failure:
            error = str(failure)
        if raw and not error:
            return request.make_response(
                content, [("Content-Type", XML), ("X-Content-Type-Options", "nosniff")]
            )
        return request.render(
            "garazd_product_feed.preview_page",
            {
                "feed": feed,
                "content": content.decode(),
                "findings": request.env["product.data.feed.issue"]._describe(findings),
                "error": error,
            },
        )

    def _get_feed(self, token):
        """Return the active feed of a link, with elevated rights."""
        feed_sudo = request.env["product.data.feed"]._find_by_token(token)
        if not feed_sudo:
            raise NotFound
        return feed_sudo
