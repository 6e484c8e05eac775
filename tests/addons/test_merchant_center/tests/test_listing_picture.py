import base64
import io
from datetime import datetime, timedelta

from freezegun import freeze_time
from PIL import Image

from odoo.tests import tagged

from .creation_common import CreationCase
from .test_download import HOST, FileServer


def make_picture(color, kind="PNG", size=(8, 8)):
    output = io.BytesIO()
    Image.new("RGB", size, color).save(output, kind)
    return output.getvalue()


@tagged("post_install", "-at_install")
class TestListingPicture(CreationCase):
    """New products get the pictures that the store shows, over real HTTP."""

    def setUp(self):
        super().setUp()
        self.server = FileServer()
        self.addCleanup(self.server.close)
        self.store.api_url = f"http://{HOST}:1/api"
        colors = ("red", "green", "blue", "black")
        self.server.files = {f"/{color}.png": make_picture(color) for color in colors}

    def _urls(self, *names):
        return [[self.server.url(f"/{name}")] for name in names]

    def _is_color(self, content, color):
        pixel = Image.open(io.BytesIO(content)).convert("RGB").getpixel((1, 1))
        return pixel == Image.new("RGB", (1, 1), color).getpixel((0, 0))

    def _assert_main(self, product, color):
        self.assertTrue(self._is_color(base64.b64decode(product.image_1920), color))

    def _get_extra(self, product):
        """Return the files of the other pictures."""
        pictures = product._get_data_feed_pictures()[product.id][0]
        return [picture.raw for picture in pictures[1:]]

    def _create_while_the_server_is_busy(self):
        """Make the products; the pictures come when the run goes on."""
        files, self.server.files = self.server.files, dict.fromkeys(self.server.files, 503)
        run = self._create()
        self.server.files = files
        return run

    def _go_on(self, run, minutes=2):
        with freeze_time(datetime.now() + timedelta(minutes=minutes)):  # noqa: DTZ005
            run.next_attempt = False
            self._run_creation()

    def _get_waiting(self):
        return self.env["merchant.listing.picture"].search([])

    def test_all_pictures_arrive_and_are_published_by_data_feeds(self):
        self._product("p1", pictures=self._urls("red.png", "green.png", "blue.png"))
        run = self._create()
        self.assertRecordValues(run, [{"state": "done", "failed": 0, "progress": 100}])
        product = self._get_product("p1")
        self._assert_main(product, "red")
        extra = self._get_extra(product)
        self.assertEqual(len(extra), 2)
        self.assertTrue(self._is_color(extra[0], "green"))
        self.assertTrue(self._is_color(extra[1], "blue"))
        self.assertFalse(self._get_waiting())

    def test_second_run_reads_no_picture_again(self):
        self._product("p1", pictures=self._urls("red.png", "green.png"))
        self._create()
        self.server.requests.clear()
        self._create()
        self.assertFalse(self.server.requests)
        self.assertEqual(len(self._get_extra(self._get_product("p1"))), 1)

    def test_variants_have_their_own_pictures(self):
        self._product("base", title="Чашка", family="f", pictures=self._urls("red.png"))
        self._variation(1, "Чашка синя", pictures=self._urls("blue.png", "black.png"))
        self._create()
        base, variant = self._get_product("base"), self._get_product("v1")
        self._assert_main(base, "red")
        self._assert_main(variant, "blue")
        self.assertFalse(self._get_extra(base))
        self.assertTrue(self._is_color(*self._get_extra(variant), "black"))

    def test_first_variant_does_not_take_its_second_picture_for_its_own(self):
        pictures = self._urls("red.png", "green.png")
        self._product("base", title="Чашка", family="f", pictures=pictures)
        self._variation(1, "Чашка синя")
        self._create()
        self._assert_main(self._get_product("base"), "red")
        self._assert_main(self._get_product("v1"), "red")

    def test_second_best_address_is_tried(self):
        urls = [[self.server.url("/none.png"), self.server.url("/red.png")]]
        self._product("p1", pictures=urls)
        self._create()
        self._assert_main(self._get_product("p1"), "red")
        self.assertFalse(self._get_issues())

    def test_picture_that_people_chose_meanwhile_stays(self):
        self._product("p1", pictures=self._urls("red.png"))
        run = self._create_while_the_server_is_busy()
        product = self._get_product("p1")
        product.image_1920 = base64.b64encode(make_picture("black"))
        self._go_on(run)
        self._assert_main(product, "black")
        self.assertTrue(self._is_color(*self._get_extra(product), "red"))

    def test_missing_picture_is_told_and_the_others_arrive(self):
        self._product("p1", pictures=self._urls("none.png", "green.png"))
        run = self._create()
        self.assertRecordValues(run, [{"state": "partial", "created": 1, "failed": 1}])
        product = self._get_product("p1")
        self._assert_main(product, "green")
        issue = self._get_issues("listing_picture")
        self.assertEqual(issue._get_record(), self._get_listing("p1"))
        self.assertIn(self.server.url("/none.png"), issue.detail)
        self.server.files["/none.png"] = make_picture("red")
        issue.with_user(self.user).action_retry()
        self._run_creation()
        self.assertEqual(issue.state, "resolved")
        self.assertTrue(self._is_color(*self._get_extra(product), "red"))

    def test_server_that_is_busy_is_asked_later(self):
        self._product("p1", pictures=self._urls("red.png"))
        run = self._create_while_the_server_is_busy()
        self.assertTrue(run.is_open)
        self.assertFalse(self._get_issues("listing_picture"))
        self._go_on(run)
        self.assertEqual(run.state, "done")
        self._assert_main(self._get_product("p1"), "red")

    def test_server_that_stays_busy_is_given_up(self):
        self._product("p1", pictures=self._urls("red.png"))
        self.server.files["/red.png"] = 503
        run = self._create()
        for minutes in (2, 13, 74):
            self._go_on(run, minutes)
        self.assertEqual(run.state, "partial")
        self.assertEqual(len(self.server.requests), 4)
        self.assertTrue(self._get_issues("listing_picture"))

    def test_pictures_that_a_stop_has_left_out_are_read_on_request(self):
        self._product("p1", pictures=self._urls("red.png"))
        self._create_while_the_server_is_busy().action_stop()
        listing = self._get_listing("p1")
        listing.with_user(self.user).action_retry()
        self._run_creation()
        self._assert_main(listing.product_id, "red")

    def test_what_is_no_picture_is_refused(self):
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
        broken = make_picture("red")[:40]
        for name, content in (("svg", svg), ("page", b"<html></html>"), ("cut", broken)):
            with self.subTest(name):
                self.server.files[f"/{name}"] = content
                self._product(name, pictures=self._urls(name))
                self._create(name)
                self.assertFalse(self._get_product(name).image_1920)
                issues = self._get_issues("listing_picture")
                self.assertIn(self._get_listing(name).id, issues.mapped("res_id"))

    def test_what_breaks_its_reader_stops_no_other_picture(self):
        """Pillow has many words for a broken file, `requests` for an address that cannot be."""
        # In place of the end of the picture a text that is longer than the file.
        cut = make_picture("red")[:-12] + (1000).to_bytes(4, "big") + b"tEXt" + b"abc"
        self.server.files |= {"/cut": cut, "/lost": "http://["}
        self._product("p1", pictures=self._urls("cut", "lost", "green.png"))
        run = self._create()
        self.assertRecordValues(run, [{"state": "partial", "created": 1, "failed": 2}])
        self._assert_main(self._get_product("p1"), "green")

    def test_picture_that_unpacks_to_gigabytes_is_refused(self):
        """A few kilobytes that would be hundreds of millions of pixels."""
        for name, size in (("large", 8_000), ("huge", 20_000)):
            with self.subTest(name):
                content = io.BytesIO()
                Image.new("1", (size, size)).save(content, "PNG")
                self.assertLess(len(content.getvalue()), 100_000)
                self.server.files[f"/{name}"] = content.getvalue()
                self._product(name, pictures=self._urls(name))
                self._create(name)
                self.assertFalse(self._get_product(name).image_1920)
                issues = self._get_issues("listing_picture")
                self.assertIn(self._get_listing(name).id, issues.mapped("res_id"))

    def test_private_network_is_not_read(self):
        url = f"http://localhost:{self.server.server_port}/red.png"
        self._product("p1", pictures=[[url]])
        self._create()
        self.assertFalse(self.server.requests)
        self.assertIn("приватної мережі", self._get_issues("listing_picture").detail)

    def test_pictures_of_a_product_that_was_removed_are_forgotten(self):
        self._product("p1", pictures=self._urls("red.png"))
        run = self._create_while_the_server_is_busy()
        self._get_product("p1").unlink()
        self._go_on(run)
        self.assertEqual(run.state, "done")
        self.assertFalse(self._get_waiting())
