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
        self.assertEqual(text.clean_html("<p>a&#11;b&#xFFFF;c&#13;</p>"), "<p>abc\n</p>")
        # Text is moved when tags are removed, and no text with such a character can be.
        self.assertEqual(text.clean_html("<h3><td>&#11;a</td>&#11;b</h3>"), "<p>a</p>b")

    def test_plain_text_becomes_paragraphs(self):
        self.assertEqual(
            text.text_to_html("a < b\nline\r\n\r\n\r\nnext"), "<p>a &lt; b<br>line</p><p>next</p>"
        )

    def test_tags_that_a_parser_would_place_elsewhere_are_not_written(self):
        for source, cleaned in (
            ("<p>a<span><p>b</p></span>c</p>", "a<p>b</p>c"),
            ("<h2><div>a</div></h2>", "<p>a</p>"),
            ("<li>a</li>", "<p>a</p>"),
            ('<td colspan="2">a</td>', "<p>a</p>"),
            (
                "<table><tr><td>a<td><p>b</table>",
                "<table><tr><td>a</td><td><p>b</p></td></tr></table>",
            ),
            ("<ul><li>a<li></ul>", "<ul><li>a</li></ul>"),
        ):
            self.assertEqual(text.clean_html(source), cleaned)

    def test_blocks_that_lose_their_tags_do_not_run_together(self):
        source = "<div>a<p>b</p>c</div><div>d<p>e</p></div>"
        self.assertEqual(text.describe(source, True).plain, "a b c d e")

    def test_cells_keep_how_far_they_reach(self):
        source = '<table><tr><td class="x" colspan="2" rowspan="all">a</td></tr></table>'
        self.assertEqual(text.clean_html(source), '<table><tr><td colspan="2">a</td></tr></table>')

    def test_deeply_nested_text_is_not_lost(self):
        source = "<p>a</p>" + "<div>" * 500 + "deep"
        self.assertEqual(text.describe(source, True).plain, "a deep")

    def test_plain_text_keeps_words_whole_and_lines_apart(self):
        source = "<p>Го<b>рщик</b> &lt;A&gt;<br>new</p><ul><li>1</li><li>2</li></ul>"
        self.assertEqual(text.describe(source, True).plain, "Горщик <A> new 1 2")
        self.assertEqual(text.describe("a < b\n\nc", False), ("<p>a &lt; b</p><p>c</p>", "a < b c"))

    def test_html_is_cut_at_a_word_and_closed(self):
        source = "<ul><li>one <b>two</b>three four</li></ul>"
        whole = "<ul><li>one <b>two</b>three</li></ul>"
        self.assertEqual(text.cut_html(source, len(source)), source)
        self.assertEqual(text.cut_html(source, len(whole)), whole)
        self.assertEqual(text.cut_html(source, len(whole) - 1), "<ul><li>one</li></ul>")
        self.assertEqual(text.cut_html(source, 20), "")

    def test_html_is_cut_between_blocks(self):
        source = "<p>one</p><p>two</p><p>three</p>"
        self.assertEqual(text.cut_html(source, 25), "<p>one</p><p>two</p>")

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
        self.assertFalse(text.is_shouting("שולחן אוכל מעץ מלא"))

    def test_words_of_selling_are_found_as_they_are_written(self):
        for word in ("Купити", "ЗАМОВИТИ", "заказать", "недорого", "оптом", "Viber", "телеграмі"):
            self.assertEqual(text.find_forbidden(f"Горщик ({word}), новий"), word)
        self.assertEqual(text.find_forbidden("Дешево! Купити"), "Дешево")

    def test_similar_words_are_allowed(self):
        for innocent in (
            "Дешевов",
            "оптоволокно",
            "замовник",
            "на замовлення",
            "скупити",
            "дорогий",
            "оптика",
            "Viberg",
            "№ 5 × 2 ™ ★ ✓ →",
        ):
            self.assertEqual(text.find_forbidden(innocent), "")

    def test_emoji_are_found(self):
        for emoji in ("🏺", "⭐", "❤\ufe0f", "🇺"):
            self.assertEqual(text.find_forbidden(f"Горщик{emoji}"), emoji)

    def test_queries_are_written_once_in_their_order(self):
        self.assertEqual(
            text.join_phrases(["горщик, глек", " Глек ", "", "чашка\nсиня"]),
            ("горщик, глек, чашка синя", []),
        )

    def test_queries_that_do_not_fit_are_returned(self):
        self.assertEqual(
            text.join_phrases(["a" * 51, "b" * 50, "c" * 50, "d"], limit=60),
            ("b" * 50 + ", d", ["a" * 51, "c" * 50]),
        )
