from lxml import etree

from odoo.tests import BaseCase

from ..tools import text


class TestText(BaseCase):
    def test_control_characters_and_non_characters_are_removed(self):
        self.assertEqual(text.clean_line("a\x00b\x0bc\ufffe\x1fd\ud800e\x85"), "abcde")

    def test_line_breaks_and_tabs_become_spaces(self):
        self.assertEqual(text.clean_line(" a\tb\r\n c\x0c"), "a b c")

    def test_characters_outside_the_basic_plane_stay(self):
        self.assertEqual(text.clean_line("чашка 🏺 𝒞"), "чашка 🏺 𝒞")

    def test_long_text_is_cut_at_the_end_of_a_word(self):
        self.assertEqual(text.cut_words("one two three", 9), "one two")
        self.assertEqual(text.cut_words("one two", 7), "one two")
        self.assertEqual(text.cut_words("one two, three", 9), "one two")

    def test_long_word_is_cut_anywhere(self):
        self.assertEqual(text.cut_words("x" * 20, 9), "x" * 9)

    def test_end_of_cdata_in_a_text_does_not_end_the_section(self):
        source = "a ]]> b ]]]]>> c & <p>"
        element = etree.fromstring(f"<x>{text.cdata(source)}</x>")
        self.assertEqual(element.text, source)

    def test_html_keeps_structure_and_loses_the_rest(self):
        source = (
            '<div class="x"><h1 style="color:red">Title</h1><p onclick="x()">Text <a '
            'href="https://x.example">link</a><img src="y"/></p><script>alert(1)</script>'
            "<ul><li><b>one</b></li></ul></div>"
        )
        self.assertEqual(
            text.clean_html(source),
            "<h2>Title</h2><p>Text link</p><ul><li><b>one</b></li></ul>",
        )

    def test_bare_blocks_become_paragraphs(self):
        self.assertEqual(
            text.clean_html("<div>one</div><div><div>two</div></div>"), "<p>one</p><p>two</p>"
        )

    def test_html_without_readable_text_is_empty(self):
        self.assertEqual(text.clean_html("<p><br></p><div> </div><!-- x -->"), "")
        self.assertEqual(text.clean_html(False), "")

    def test_character_reference_to_a_control_character_is_removed(self):
        self.assertEqual(text.clean_html("<p>a&#11;b&#0;c</p>").replace("\ufffd", ""), "<p>abc</p>")

    def test_plain_text_becomes_paragraphs(self):
        self.assertEqual(
            text.text_to_html("a < b\nline\r\n\r\n\r\nnext"), "<p>a &lt; b<br>line</p><p>next</p>"
        )

    def test_contacts_are_found(self):
        for contact in (
            "+38 (067) 123-45-67",
            "0671234567",
            "a.b@shop.example",
            "https://shop.example/x",
            "www.shop.example",
        ):
            self.assertEqual(text.find_contact(f"Call {contact} now"), contact)

    def test_numbers_of_products_are_no_contacts(self):
        for harmless in ("4820000000017", "Size 100 x 200 x 300", "0.5 l", "DN 050 2000 mm"):
            self.assertEqual(text.find_contact(harmless), "")

    def test_capitals_are_found_in_phrases_only(self):
        self.assertTrue(text.is_shouting("ГОРЩИК ГЛИНЯНИЙ"))
        self.assertFalse(text.is_shouting("Горщик ГЛИНЯНИЙ"))
        self.assertFalse(text.is_shouting("ASUS X1"))
