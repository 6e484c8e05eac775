from werkzeug.datastructures import Accept
from werkzeug.exceptions import NotFound
from werkzeug.http import is_resource_modified, parse_accept_header

from odoo import http
from odoo.http import Stream, request

from ..tools.picture import MAX_SIDE, to_publishable

# Database ids do not go further; beyond it the database refuses to compare.
MAX_ID = 2**31 - 1
XML = "application/xml; charset=utf-8"
PUBLIC_ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["GET"],
    "save_session": False,
    "readonly": True,
}


class ProductDataFeedController(http.Controller):
    """Serves what the scheduled action has prepared. Nothing is ever generated on request, and
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
        accepted = parse_accept_header(request.httprequest.headers.get("Accept-Encoding"), Accept)
        gzip = bool(compressed) and accepted.quality("gzip") > 0
        stream = (compressed if gzip else plain)._to_http_stream()
        stream.mimetype = "application/xml"
        stream.download_name = plain.name
        stream.public = False
        response = stream.get_response()
        response.headers["Content-Type"] = XML
        response.headers["Vary"] = "Accept-Encoding"
        if gzip:
            response.headers["Content-Encoding"] = "gzip"
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
        stream = attachment_sudo._to_http_stream()
        stream.etag = f"{attachment_sudo.checksum}-{MAX_SIDE}"
        stream.public = False
        stream.download_name = None
        environ = request.httprequest.environ
        if stream.type != "url" and is_resource_modified(environ, etag=stream.etag):
            stream = self._shrink(stream)
        return stream.get_response()

    @http.route(
        f"/product_feed/preview/<int(max={MAX_ID}):feed_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def product_feed_preview(self, feed_id, **kwargs):
        """Show the first offers of a feed to a user who may read it.

        :param int feed_id: the feed
        """
        feed = request.env["product.data.feed"].browse(feed_id).exists()
        if not feed or not feed.has_access("read"):
            raise NotFound
        return request.make_response(
            feed._render_preview(),
            [("Content-Type", XML), ("X-Content-Type-Options", "nosniff")],
        )

    def _get_feed(self, token):
        """Return the active feed of a link, with elevated rights."""
        feed_sudo = request.env["product.data.feed"]._find_by_token(token)
        if not feed_sudo:
            raise NotFound
        return feed_sudo

    def _shrink(self, stream):
        """Return the picture's stream in a size and format that marketplaces take."""
        try:
            data, mimetype = to_publishable(stream.read())
        except OSError as error:
            raise NotFound from error
        if mimetype == stream.mimetype and len(data) == stream.size:
            # As it was: let the web server send the file.
            return stream
        return Stream(
            type="data",
            data=data,
            mimetype=mimetype,
            etag=stream.etag,
            last_modified=stream.last_modified,
            size=len(data),
        )
