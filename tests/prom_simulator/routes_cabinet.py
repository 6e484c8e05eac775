"""Files of the cabinet that are read without a login (categories.md 2 and 3)."""

import hashlib
from hmac import compare_digest
from urllib.parse import urlencode

from .exchange import Response, html_page
from .portal import attributes_xml, categories_xls, categories_xml, make_sections

BASE_PATH = "/cabinet"
_ATTRIBUTES = "/cabinet/export_attributes"


def dispatch(world, request):
    """Answer a request for a file.

    :param World world: the shop.
    :param Request request: the call.
    :rtype: Response
    """
    handler = _ROUTES.get(request.path)
    if handler is None:
        return html_page(404)
    if request.method not in ("GET", "HEAD"):
        return html_page(405, {"Allow": "GET"})
    return handler(world, request)


def sections_of(world):
    """Return the sections of the portal.

    :rtype: list[Section]
    """
    return make_sections(world.seed, world.options.sections)


def attribute_link(world, section_id):
    """Return the path of the export of a section's attributes, with the company's secret.

    :rtype: str
    """
    query = urlencode({"category_id": section_id, "access_token": _secret(world)})
    return f"{_ATTRIBUTES}?{query}"


def _secret(world):
    return hashlib.sha256(f"{world.seed}/{world.options.company_id}/cabinet".encode()).hexdigest()


def _xls(world, _request):
    options = world.options
    if not options.sections_public:
        return html_page(200)
    body = categories_xls(sections_of(world), options.sections_language, options.sections_header)
    return _file(body, "application/vnd.ms-excel", "categories.xls")


def _xml(world, _request):
    options = world.options
    if not options.sections_public:
        return html_page(200)
    body = categories_xml(sections_of(world), options.sections_language)
    return _file(body, "application/xml", "categories.xml")


def _attributes(world, request):
    if not compare_digest(request.query.get("access_token", "").encode(), _secret(world).encode()):
        return html_page(200)
    wanted = request.query.get("category_id")
    section = next((row for row in sections_of(world) if str(row.id) == wanted), None)
    if section is None:
        return html_page(404)
    return _file(attributes_xml(section), "application/xml", f"attributes_{wanted}.xml")


def _file(body, kind, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body=body, content_type=kind, headers=headers)


_ROUTES = {
    "/cabinet/export_categories/xls": _xls,
    "/cabinet/export_categories/xml": _xml,
    _ATTRIBUTES: _attributes,
}
