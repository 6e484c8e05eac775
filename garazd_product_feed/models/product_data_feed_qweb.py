import io
import re
import tokenize

from odoo import models

# Formatting reads attributes by names that stand in a text, where nobody checks them.
FORBIDDEN_NAMES = ("format", "format_map")
FORMATTED_TEXT = re.compile(r"""[bru]*f[bru]*["']""", re.IGNORECASE)


class ProductDataFeedQweb(models.AbstractModel):
    """Renders the templates of price lists, which get values and nothing else.

    Odoo's own engine gives every template the environment, and with it the database. What a price
    list shows is public and is written with elevated rights, so its templates get neither.
    """

    _name = "product.data.feed.qweb"
    _inherit = ["ir.qweb"]
    _description = "Renderer of Data Feeds"

    def _render(self, template, values=None, **options):
        """Override of `base` to keep environment, request and user out of the template."""
        return super()._render(template, values, **{**options, "minimal_qcontext": True})

    def _compile_expr(self, expr, raise_on_missing=False):
        """Override of `base` to refuse what could reach behind the values.

        :raises SyntaxError: the expression uses a name that is not for templates
        """
        for word in _find_forbidden(expr or ""):
            raise SyntaxError(f"Templates of data feeds cannot use {word}: {expr}")
        return super()._compile_expr(expr, raise_on_missing=raise_on_missing)


def _find_forbidden(expr):
    """Yield what an expression of a template must not contain."""
    # Parentheses as `base` adds them, for expressions of several lines.
    readable = io.BytesIO(f"({expr})".encode())
    try:
        tokens = list(tokenize.tokenize(readable.readline))
    except tokenize.TokenError:
        # Not an expression at all, as `base` will say.
        return
    for token in tokens:
        is_private = token.type == tokenize.NAME and token.string.startswith("_")
        is_forbidden = token.string in FORBIDDEN_NAMES or FORMATTED_TEXT.match(token.string)
        if is_private or is_forbidden:
            yield token.string
