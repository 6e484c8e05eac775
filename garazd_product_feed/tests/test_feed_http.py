import contextlib
import gzip
import io
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from lxml import etree
from PIL import Image

from odoo import fields
from odoo.http import Stream
from odoo.tests import HttpCase, RecordCapturer, tagged
from odoo.tools import mute_logger

from ..models import product_data_feed_fetch, product_data_feed_link, product_data_feed_picture
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

    @contextlib.contextmanager
    def _capture_streams(self):
        """Collect the types of all streams that are sent."""
        found = []
        original = Stream.get_response

        def get_response(stream, *args, **kwargs):
            found.append(stream.type)
            return original(stream, *args, **kwargs)

        with patch.object(Stream, "get_response", get_response):
            yield found

    def _rotate(self):
        """Change the link and generate; return the addresses of the old file and picture."""
        picture = self._get_picture_path()
        self.feed.with_user(self.manager).action_rotate_token()
        self.feed._generate()
        return self.path, picture

    def _get_picture_path(self, product=None):
        product = product or self.product
        return urlsplit(self.feed._get_picture_urls(product)[product.id][0][0]).path

    def _capture_converted(self):
        """Collect the converted pictures that are stored."""
        domain = [("res_field", "=", product_data_feed_picture.CONVERTED_PICTURE)]
        return RecordCapturer(self.env["ir.attachment"], domain)

    def _lose_file(self, attachment):
        """Take the file of an attachment out of the file store for the time of this test."""
        path = Path(attachment._full_path(attachment.store_fname))
        aside = path.rename(path.with_suffix(".lost"))
        self.addCleanup(aside.replace, path)

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
            f"/product_feed/{'x' * 4000}/prom.xml",
            "/product_feed//prom.xml",
            "/product_feed/%FF%00/prom.xml",
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

    def test_file_that_was_lost_is_404(self):
        self._lose_file(self.feed.sudo().attachment_id)
        self._assert_404(self.path)
        self.assertFalse(self.feed.fetch_ids)

    def test_tokens_are_compared_in_constant_time(self):
        compared = []

        def consteq(one, other):
            compared.append(other)
            return one == other

        with patch.object(product_data_feed_link, "consteq", consteq):
            self._assert_404("/product_feed/guess/prom.xml")
        self.assertIn(b"guess", compared)

    def test_file_is_streamed_from_the_disk(self):
        with self._capture_streams() as streams:
            self._get(self.path)
            self.url_open(self.path, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(streams, ["path", "path"])

    # === OLD LINK === #

    def test_old_link_gives_the_new_file_for_a_while(self):
        old_paths = self._rotate()
        new_path = urlsplit(self.feed.url).path
        self.assertNotEqual(new_path, self.path)
        for path in (*old_paths, new_path):
            self.assertEqual(self._get(path).status_code, 200, path)
        self.assertEqual(self._get(self.path).content, self.feed.sudo().attachment_id.raw)

    def test_old_link_is_404_when_its_time_has_passed(self):
        old_paths = self._rotate()
        self.feed.previous_token_until = fields.Datetime.now() - timedelta(seconds=1)
        for path in old_paths:
            self._assert_404(path)
        self.assertEqual(self._get(urlsplit(self.feed.url).path).status_code, 200)

    def test_old_link_is_404_when_it_was_stopped(self):
        old_paths = self._rotate()
        self.feed.with_user(self.manager).action_stop_previous_link()
        for path in old_paths:
            self._assert_404(path)

    def test_old_link_is_404_at_once_without_grace(self):
        self.feed.link_grace_hours = 0
        for path in self._rotate():
            self._assert_404(path)

    # === FETCHES === #

    def test_collecting_the_file_is_written_down(self):
        with RecordCapturer(self.env["product.data.feed.fetch"]) as capture:
            self.url_open(
                self.path, headers={"User-Agent": "Prom\tReader", "Accept-Encoding": "gzip"}
            )
        self.assertRecordValues(
            capture.records,
            [
                {
                    "feed_id": self.feed.id,
                    "company_id": self.company.id,
                    "user_agent": "Prom Reader",
                    "status": "sent",
                    "compressed": True,
                    "by_old_link": False,
                }
            ],
        )

    def test_unchanged_file_is_collected_too(self):
        etag = self._get(self.path).headers["ETag"]
        self._get(self.path, **{"If-None-Match": etag})
        self.assertEqual(self.feed.fetch_ids.mapped("status"), ["unchanged", "sent"])

    def test_collecting_by_the_old_link_is_marked(self):
        self._rotate()
        self._get(self.path)
        self.assertTrue(self.feed.fetch_ids.by_old_link)

    def test_only_reading_the_file_is_collecting_it(self):
        self.url_open(self.path, method="HEAD")
        self._get(self._get_picture_path())
        self.authenticate("feed_reader", "feed_reader")
        self._get(self.feed.action_preview()["url"])
        self._assert_404(self.path.replace("prom.xml", "prom.csv"))
        self.assertFalse(self.feed.fetch_ids)

    def test_visit_that_cannot_be_written_down_gets_the_file(self):
        model = type(self.env["product.data.feed.fetch"])

        def create(self, vals_list):
            self.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(model, "create", create),
            self.assertLogs(product_data_feed_fetch.__name__, "ERROR"),
        ):
            response = self._get(self.path)
        self.assertEqual(response.content, self.feed.sudo().attachment_id.raw)
        self.assertFalse(self.feed.fetch_ids)

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
        for headers in (
            {"If-None-Match": first.headers["ETag"]},
            {"If-Modified-Since": first.headers["Last-Modified"]},
        ):
            response = self._get(path, **headers)
            self.assertEqual((response.status_code, response.content), (304, b""))

    def test_head_of_a_picture_has_no_content(self):
        path = self._get_picture_path()
        size = self._get(path).headers["Content-Length"]
        response = self.url_open(path, method="HEAD", headers={"Accept-Encoding": "identity"})
        self.assertEqual((response.status_code, response.content), (200, b""))
        self.assertEqual(response.headers["Content-Length"], size)

    def test_pictures_may_be_cached_by_anybody_for_a_week(self):
        control = self._get(self._get_picture_path()).headers["Cache-Control"]
        self.assertEqual(set(control.split(", ")), {"public", "max-age=604800"})

    def test_converted_picture_is_kept(self):
        path = self._get_picture_path()
        first = self._get(path)
        with (
            patch.object(product_data_feed_picture, "to_publishable", side_effect=OSError),
            self._capture_streams() as streams,
        ):
            second = self._get(path)
        self.assertEqual(second.content, first.content)
        self.assertEqual(streams, ["path"])

    def test_converted_picture_that_was_lost_is_made_again(self):
        path = self._get_picture_path()
        with self._capture_converted() as capture:
            first = self._get(path)
            self._lose_file(capture.records)
            with self._capture_streams() as streams:
                for _attempt in range(2):
                    again = self._get(path)
                    self.assertEqual((again.status_code, again.content), (200, first.content))
        self.assertEqual(streams, ["path", "path"])
        self.assertEqual(len(capture.records.exists()), 1)

    def test_picture_that_suits_is_streamed_from_the_disk_without_a_copy(self):
        path = self._get_picture_path(self._make_product())
        with self._capture_streams() as streams, self._capture_converted() as capture:
            self._get(path)
        self.assertEqual(streams, ["path"])
        self.assertFalse(capture.records)

    def test_picture_that_is_being_stored_by_another_request_is_sent_all_the_same(self):
        path = self._get_picture_path()
        pictures = type(self.env["product.data.feed.picture"])
        with (
            patch.object(pictures, "_lock", lambda *args: False),
            self._capture_converted() as capture,
        ):
            response = self._get(path)
        self.assertFalse(capture.records)
        again = self._get(path)
        self.assertEqual(response.content, again.content)
        for name in ("ETag", "Content-Type", "Cache-Control"):
            self.assertEqual(response.headers[name], again.headers[name])

    def test_converted_picture_goes_with_the_one_it_was_made_of(self):
        path = self._get_picture_path()
        with self._capture_converted() as capture:
            self._get(path)
        self.assertEqual(len(capture.records), 1)
        pictures = self.env["product.data.feed.picture"]
        pictures._gc_pictures()
        self.assertTrue(capture.records.exists())
        self.product.image_1920 = make_picture("blue", size=(1500, 1500))
        self.env.flush_all()
        pictures._gc_pictures()
        self.assertFalse(capture.records.exists())
        with self._capture_converted() as capture:
            self._get(self._get_picture_path())
        self.assertEqual(len(capture.records), 1)
        self.product.image_1920 = False
        self.assertFalse(capture.records.exists())

    def test_broken_picture_is_404(self):
        source = self.feed._find_picture(self.product.id, 1)
        path = self._get_picture_path()
        source.write({"raw": b"RIFF0000WEBP", "mimetype": "image/webp"})
        self._assert_404(path)

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
        response = self._get(f"{path}?raw=1")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(etree.fromstring(response.content).xpath("//offer")), 1)
        self._assert_404(f"/product_feed/preview/{2**31 - 1}")

    def test_preview_shows_what_is_wrong(self):
        self.product.description_sale = "<Short>"
        self.authenticate("feed_reader", "feed_reader")
        page = self._get(self.feed.action_preview()["url"]).text
        self.assertIn("at least 30 are expected", page)
        self.assertIn("&lt;offer ", page)
        self.assertNotIn("<Short>", page)

    def test_preview_tells_why_there_is_none(self):
        self.feed.template_id = self.env["ir.ui.view"].create(
            {"name": "Mine", "type": "qweb", "arch": '<t t-name="mine"><x/></t>'}
        )
        self.authenticate("feed_reader", "feed_reader")
        self.assertIn("must print", self._get(self.feed.action_preview()["url"]).text)

    def test_preview_asks_strangers_to_log_in(self):
        response = self.url_open(self.feed.action_preview()["url"], allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
