import base64
import time
from datetime import timedelta
from urllib.parse import urlsplit

from PIL import Image

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate
from odoo.tools.image import ImageProcess
from odoo.tools.mimetypes import guess_mimetype

from ..exceptions import RetryLater
from ..schema import Page
from ..tools.download import DownloadFailed, download
from .merchant_listing import PRODUCT

_lt = LazyTranslate(__name__)

# So many pictures are read in one page, and for so many seconds.
PAGE = 5
PATIENCE = 20
# Minutes until the next attempts, where it may be a passing fault.
PAUSES = (1, 10, 60)
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
# Why there is no picture; the keys are those of `DownloadFailed.code`, and `type`.
REASONS = {
    "address": _lt("its link cannot be read"),
    "private": _lt("its link leads into a private network"),
    "status": _lt("the server does not give it"),
    "large": _lt("it is larger than 10 MB"),
    "network": _lt("the server does not answer"),
    "type": _lt("it is no picture"),
}


class MerchantAdapter(models.AbstractModel):
    _inherit = "merchant.adapter"

    def _read_pictures(self, store, cursor):
        """Return the next pictures of products that were made.

        They are read from the addresses that the marketplace gave, without its token.

        :return: triples of the id of a ``merchant.listing.picture``, its file, and why it has none
        :rtype: Page[tuple[int, bytes | None, DownloadFailed | None]]
        """
        pictures = self.env["merchant.listing.picture"]
        deadline = time.monotonic() + PATIENCE
        records = []
        for picture in pictures._take_due(store):
            records.append((picture.id, *picture._download(store)))
            if time.monotonic() > deadline:
                break
        if not records:
            pictures._wait_for_next(store)
        read = (cursor or {}).get("read", 0) + len(records)
        waiting = pictures._count_waiting(store)
        return Page(
            records=tuple(records),
            # Some of these may have to be read once more.
            cursor={"read": read} if records else None,
            share=read / (read + waiting) if read else 1,
        )


class MerchantListingPicture(models.Model):
    """A picture on the marketplace that a new product in Odoo is still to get."""

    _name = "merchant.listing.picture"
    _description = "Picture to Read"
    _order = "attempts, id"
    _rec_name = "address"

    listing_id = fields.Many2one(
        "merchant.listing", required=True, readonly=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(related="listing_id.store_id", store=True, index=True)
    product_id = fields.Many2one(related="listing_id.product_id")
    addresses = fields.Json(required=True, readonly=True, help="Where it may be, the best first.")
    address = fields.Char(compute="_compute_address")
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        selection=[("waiting", "Waiting"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="waiting",
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True)

    @api.depends("addresses")
    def _compute_address(self):
        for picture in self:
            picture.address = (picture.addresses or [False])[0]

    # === QUEUE === #

    @api.model
    def _queue(self, listing, pictures):
        """Keep the addresses of the pictures that the product of a listing is to get.

        :param pictures: see ``ListingDetails``
        """
        self.sudo().create(
            [
                {"listing_id": listing.id, "addresses": list(addresses), "sequence": number}
                for number, addresses in enumerate(pictures)
            ]
        )

    @api.model
    def _get_waiting_domain(self, store):
        return [("store_id", "=", store.id), ("state", "=", "waiting")]

    @api.model
    def _take_due(self, store):
        """Return the next pictures to read."""
        due = ["|", ("next_attempt", "=", False), ("next_attempt", "<=", fields.Datetime.now())]
        return self.sudo().search([*self._get_waiting_domain(store), *due], limit=PAGE)

    @api.model
    def _count_waiting(self, store):
        return self.sudo().search_count(self._get_waiting_domain(store))

    @api.model
    def _wait_for_next(self, store):
        """Come back later if there are pictures whose turn it is not yet.

        :raises RetryLater: there are
        """
        waiting = self.sudo().search(self._get_waiting_domain(store), order="next_attempt", limit=1)
        if waiting:
            pause = (waiting.next_attempt - fields.Datetime.now()).total_seconds()
            reason = self.env._("the server of the pictures does not answer")
            raise RetryLater("marketplace_unreachable", seconds=max(pause, 1), reason=reason)

    def _try_again(self):
        """Read pictures in the background that could not be read, or were not because of a stop."""
        self.write({"state": "waiting", "attempts": 0, "next_attempt": False})
        runs = self.env["merchant.sync.run"].sudo()
        for store in self.store_id:
            runs |= runs._get_or_start(store, "creation")
        runs._wake()

    # === READING === #

    def _download(self, store):
        """Return the file from the first address that has it; over the network.

        :return: the file, and why there is none
        :rtype: tuple[bytes | None, DownloadFailed | None]
        """
        host = urlsplit(store.sudo().api_url or "").hostname
        error = None
        for address in self.addresses:
            try:
                content = download(address, trusted_host=host)
                check_picture(content)
            except DownloadFailed as failure:
                error = failure
                if failure.is_passing:
                    break
            else:
                return content, None
        return None, error

    @api.model
    def _merge(self, store, records):
        """Give the pictures to their products.

        :param records: see ``_read_pictures``
        :return: the numbers of created, updated, unchanged and failed products
        :rtype: dict[str, int]
        """
        failed = 0
        for id_, content, error in records:
            if picture := self.sudo().browse(id_).exists():
                failure = error or picture._try_to_store(content)
                if failure:
                    failed += picture._note_error(failure)
                else:
                    picture.unlink()
        return {"created": 0, "updated": 0, "unchanged": 0, "failed": failed}

    def _try_to_store(self, content):
        """Give the picture to its product, if that is still there.

        :return: why it cannot be
        :rtype: DownloadFailed | None
        """
        if not self.product_id:
            return None
        try:
            with self.env.cr.savepoint():
                self._store(content)
        except UserError as error:
            return DownloadFailed("type", str(error))
        return None

    def _store(self, content):
        """Make it the picture of the product, or one more of its pictures."""
        listing, product = self.listing_id, self.product_id
        is_first, listing.is_pictured = not listing.is_pictured, True
        # What people have chosen meanwhile stays.
        is_variant = len(product.product_tmpl_id.product_variant_ids) > 1
        if is_first and not product.image_1920:
            product.image_1920 = base64.b64encode(content)
        elif is_first and is_variant and not product.image_variant_1920:
            product.image_variant_1920 = base64.b64encode(content)
        else:
            self._store_extra(product, content)
        if listing._search_pictures() == self:
            self.env["merchant.issue"]._resolve(listing.store_id, ["listing_picture"], listing)

    def _store_extra(self, product, content):
        """Keep one more picture: for eCommerce where there is one, else as a document."""
        name = f"{product.display_name} {self.sequence + 1}"
        if "product.image" in self.env:
            self.env["product.image"].create(
                {
                    "name": name,
                    "product_variant_id": product.id,
                    "image_1920": base64.b64encode(content),
                    "sequence": self.sequence,
                }
            )
            return
        mimetype = guess_mimetype(content)
        self.env["product.document"].create(
            {
                "name": f"{name}.{EXTENSIONS[mimetype]}",
                "res_model": PRODUCT,
                "res_id": product.id,
                "raw": content,
                "mimetype": mimetype,
                "sequence": self.sequence,
                "company_id": product.company_id.id,
                "is_feed_picture": True,
            }
        )

    def _note_error(self, error):
        """Try again later, or give up and tell.

        :param DownloadFailed error:
        :return: 1 if the picture was given up, else 0
        """
        if error.is_passing and self.attempts < len(PAUSES):
            pause = timedelta(minutes=PAUSES[self.attempts])
            self.write(
                {
                    "attempts": self.attempts + 1,
                    "next_attempt": fields.Datetime.now() + pause,
                }
            )
            return 0
        self.state = "failed"
        reason = self.env._(REASONS[error.code])
        self.env["merchant.issue"]._report(
            self.store_id,
            "listing_picture",
            self.listing_id,
            severity="warning",
            name=self.listing_id.name,
            address=self.address,
            reason=f"{reason} ({error.detail})" if error.detail else reason,
        )
        return 1


class MerchantListing(models.Model):
    _inherit = "merchant.listing"

    is_pictured = fields.Boolean(
        readonly=True, help="The first of the pictures there is that of the product."
    )

    def action_retry(self):
        """Extend to read pictures again that could not be read."""
        result = super().action_retry()
        self._search_pictures()._try_again()
        return result

    def _search_pictures(self):
        """Return the pictures that are still to be read for these listings."""
        return self.env["merchant.listing.picture"].sudo().search([("listing_id", "in", self.ids)])


def check_picture(content):
    """Refuse what is no picture that Odoo and marketplaces show.

    :raises DownloadFailed: it is none
    """
    mimetype = guess_mimetype(content)
    if mimetype not in EXTENSIONS:
        raise DownloadFailed("type", mimetype)
    try:
        ImageProcess(content)
    except (UserError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        # Beside Odoo's own word all those that Pillow has for a broken file.
        raise DownloadFailed("type", str(error)) from error
