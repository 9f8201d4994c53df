"""/robots.txt and /sitemap.xml: what harvesters should read, and what they should leave alone."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from kg_service.service.addresses import source_address
from kg_service.service.context import ServiceContext
from kg_service.service.openapi import NO_STORE, answer

# a sitemap's limit (https://www.sitemaps.org/protocol.html)
MOST_PAGES = 50_000
# each of these has an answer for every thing and every way to ask
_COSTLY = (
    "/affected", "/common", "/diff", "/export", "/gaps", "/graphql", "/lineage", "/path",
    "/results", "/search", "/sparql", "/specimens", "/table", "/why",
)  # fmt: skip
_EXAMPLE = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://127.0.0.1:8000/sources/barley-roots</loc></url>
</urlset>
"""


def crawling_router(context: ServiceContext) -> APIRouter:
    """The routes for crawlers."""
    router = APIRouter(tags=["Service"])

    @router.get(
        "/robots.txt",
        summary="What crawlers may read",
        response_class=PlainTextResponse,
        responses={200: answer("The rules.", "User-agent: *\nDisallow: /sparql\n", "text/plain")},
    )
    def robots() -> PlainTextResponse:
        """Pages of sources and things; not what is worked out anew for each question."""
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _COSTLY)]
        lines.append(f"Sitemap: {context.base}/sitemap.xml")
        return PlainTextResponse("\n".join(lines) + "\n")

    @router.get(
        "/sitemap.xml",
        summary="The pages of all sources",
        response_class=Response,
        responses={200: answer("The sitemap.", _EXAMPLE, "application/xml"), 503: NO_STORE},
    )
    def sitemap() -> Response:
        """Each with when it last changed; from there, links lead to what a source tells of."""
        pages = "".join(
            f"<url><loc>{escape(source_address(context.base, record.id))}</loc>"
            f"<lastmod>{escape(record.ingested)}</lastmod></url>\n"
            for record in context.sources()[:MOST_PAGES]
        )
        content = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}</urlset>\n'
        )
        return Response(content, media_type="application/xml")

    return router
