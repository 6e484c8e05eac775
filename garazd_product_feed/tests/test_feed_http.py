import gzip
import io
from urllib.parse import urlsplit

from lxml import etree
from PIL import Image

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import FeedCommon, make_picture


@tagged("post_install", "-at_install")
class TestFeedHttp(FeedCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._make_product(image_1920=make_picture(size=(1600, 800)))
        cls.feed._generate()
        cls.path = urlsplit(cls.feed.url).path

    def setUp(self):
        super().setUp()
        # What a marketplace's robot is: nobody, without a cookie.
        self.opener.cookies.pop("session_id", None)

    def _get(self, path, **headers):
        return self.url_open(path, headers={"Accept-Encoding": "identity", **headers})

    def _get_picture_path(self, product=None):
        product = product or self.product
        return urlsplit(self.feed._get_picture_urls(product)[product.id][0][0]).path

    def _assert_404(self, path):
        with mute_logger("odoo.http"):
            self.assertEqual(self._get(path).status_code, 404, path)

    # === FILE === #

    def test_file_is_public(self):
        response = self._get(self.path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/xml; charset=utf-8")
        self.assertEqual(response.content, self.feed.sudo().attachment_id.raw)
        self.assertNotIn("Content-Encoding", response.headers)

    def test_name_of_the_file_does_not_matter(self):
        other = self.path.rsplit("/", 1)[0] + "/anything%20else.xml"
        self.assertEqual(self._get(other).status_code, 200)

    def test_no_session_is_created(self):
        for path in (self.path, self._get_picture_path()):
            response = self._get(path)
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("Set-Cookie", response.headers)

    def test_compressed_file_for_those_who_accept_it(self):
        response = self.url_open(self.path, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(response.headers["Content-Encoding"], "gzip")
        self.assertEqual(response.headers["Vary"], "Accept-Encoding")
        # The client has unpacked it.
        self.assertEqual(response.content, self.feed.sudo().attachment_id.raw)
        compressed = self.feed.sudo().compressed_attachment_id.raw
        self.assertEqual(int(response.headers["Content-Length"]), len(compressed))
        self.assertEqual(gzip.decompress(compressed), response.content)

    def test_gzip_that_is_refused_is_not_sent(self):
        response = self._get(self.path, **{"Accept-Encoding": "gzip;q=0, identity"})
        self.assertNotIn("Content-Encoding", response.headers)

    def test_head_says_the_same_without_the_content(self):
        response = self.url_open(self.path, method="HEAD", headers={"Accept-Encoding": "identity"})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, b"")
        self.assertEqual(int(response.headers["Content-Length"]), self.feed.file_size)
        for name in ("ETag", "Last-Modified"):
            self.assertEqual(response.headers[name], self._get(self.path).headers[name])

    def test_other_methods_are_refused(self):
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(self.path, method="DELETE").status_code, 405)

    def test_unchanged_file_is_not_sent_again(self):
        first = self._get(self.path)
        for headers in (
            {"If-None-Match": first.headers["ETag"]},
            {"If-Modified-Since": first.headers["Last-Modified"]},
        ):
            response = self._get(self.path, **headers)
            self.assertEqual((response.status_code, response.content), (304, b""))

    def test_new_file_has_a_new_etag(self):
        first = self._get(self.path)
        self.product.list_price = 77
        self.feed._generate()
        response = self._get(self.path, **{"If-None-Match": first.headers["ETag"]})
        self.assertEqual(response.status_code, 200)
        self.assertNotEqual(response.headers["ETag"], first.headers["ETag"])

    def test_compressed_and_plain_file_have_different_etags(self):
        compressed = self.url_open(self.path, headers={"Accept-Encoding": "gzip"})
        self.assertNotEqual(compressed.headers["ETag"], self._get(self.path).headers["ETag"])

    def test_everything_wrong_is_404(self):
        token = self.feed.sudo().access_token
        for path in (
            f"/product_feed/{token[:-1]}/prom.xml",
            f"/product_feed/{token}x/prom.xml",
            f"/product_feed/{token.swapcase()}/prom.xml",
            "/product_feed/%D1%82%D0%BE%D0%BA%D0%B5%D0%BD/prom.xml",
            f"/product_feed/{token}/prom.csv",
            f"/product_feed/{token}",
            f"/product_feed/{self.feed.id}/prom.xml",
        ):
            self._assert_404(path)

    def test_archived_feed_is_404(self):
        picture = self._get_picture_path()
        self.feed.active = False
        self._assert_404(self.path)
        self._assert_404(picture)

    def test_feed_that_was_never_generated_is_404_and_stays_so(self):
        feed = self._make_feed()
        self._assert_404(urlsplit(feed.url).path)
        self.assertFalse(feed.generated_at)

    def test_old_link_stops_working_when_the_token_changes(self):
        self.feed.with_user(self.manager).action_rotate_token()
        self._assert_404(self.path)
        self.assertEqual(self._get(urlsplit(self.feed.url).path).status_code, 200)

    # === PICTURES === #

    def test_pictures_in_the_file_can_be_read_without_login(self):
        root = etree.fromstring(self._get(self.path).content)
        response = self._get(urlsplit(root.findtext(".//picture")).path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "image/jpeg")
        self.assertEqual(Image.open(io.BytesIO(response.content)).size, (1280, 640))

    def test_small_picture_is_sent_as_it_is(self):
        product = self._make_product(image_1920=make_picture("green", kind="PNG"))
        path = self._get_picture_path(product)
        self.assertTrue(path.endswith(".png"))
        response = self._get(path)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertEqual(Image.open(io.BytesIO(response.content)).size, (64, 48))

    def test_unchanged_picture_is_not_sent_again(self):
        path = self._get_picture_path()
        first = self._get(path)
        response = self._get(path, **{"If-None-Match": first.headers["ETag"]})
        self.assertEqual((response.status_code, response.content), (304, b""))

    def test_changed_picture_gets_a_new_address(self):
        before = self._get_picture_path()
        self.product.image_1920 = make_picture("blue")
        self.assertNotEqual(self._get_picture_path(), before)

    def test_pictures_are_public_only_for_products_of_the_feed(self):
        outside = self._make_product(categ_id=False, image_1920=make_picture("green"))
        archived = self._make_product(image_1920=make_picture("black"))
        path = self._get_picture_path()
        paths = [path.replace(f"/{self.product.id}/", f"/{p.id}/") for p in (outside, archived)]
        self.assertEqual(self._get(paths[1]).status_code, 200)
        archived.active = False
        for other in paths:
            self._assert_404(other)

    def test_pictures_need_the_right_token_and_number(self):
        path = self._get_picture_path()
        token = self.feed.sudo().access_token
        self._assert_404(path.replace(token, "x" * len(token)))
        for number in (0, 2, 100):
            self._assert_404(
                path.replace(f"/{self.product.id}/1/", f"/{self.product.id}/{number}/")
            )
        self._assert_404(path.replace(f"/{self.product.id}/1/", f"/{2**31}/1/"))

    # === PREVIEW === #

    def test_preview_is_for_users_who_may_read_the_feed(self):
        path = self.feed.action_preview()["url"]
        self.authenticate("feed_reader", "feed_reader")
        response = self._get(path)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(etree.fromstring(response.content).xpath("//offer")), 1)
        self._assert_404(f"/product_feed/preview/{2**31 - 1}")

    def test_preview_asks_strangers_to_log_in(self):
        response = self.url_open(self.feed.action_preview()["url"], allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
