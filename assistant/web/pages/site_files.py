"""What search engines ask for: `robots.txt` and `sitemap.xml`. Internal help is not for them, so they are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from assistant.answering.catalogue import Catalogue, CatalogueSource
from assistant.rendering.html_templates import render
from assistant.rendering.links import id_in_path
from assistant.rendering.plain.pages import Site
from assistant.web.caching import Freshness, kept_response

_MOST = 50_000  # addresses of one file: https://www.sitemaps.org/protocol.html


def add_site_files(app: FastAPI, site: Site, source: CatalogueSource, freshness: Freshness) -> None:
    """Add the routes.

    Args:
        app: The application.
        site: Its public address, and whether search engines are welcome.
        source: Gives what there is.
        freshness: Answers from what the client has kept.
    """

    @app.get("/robots.txt", include_in_schema=False)
    def robots(request: Request) -> Response:
        return kept_response(request, PlainTextResponse("".join(f"{line}\n" for line in _robots(site))))

    @app.get("/sitemap.xml", include_in_schema=False)
    def sitemap(request: Request, part: int = 0) -> Response:
        if not site.crawlers or not site.public_url:
            raise HTTPException(
                404, "There is a sitemap where ASSISTANT_CRAWLERS is welcome and ASSISTANT_PUBLIC_URL is set."
            )
        return freshness.response(request, lambda: _sitemap(site, source.current(), part))


def _robots(site: Site) -> Iterator[str]:
    yield "User-agent: *"
    if not site.crawlers:
        yield "Disallow: /"
        return
    yield from (f"Allow: {site.root}{path}" for path in ("/articles", "/entries/", "/site/", "/images/"))
    yield f"Disallow: {site.root}/"
    if site.public_url:
        yield f"Sitemap: {site.address('/sitemap.xml')}"


def _sitemap(site: Site, catalogue: Catalogue, part: int) -> Response:
    pages: list[tuple[str, str | None]] = [(site.address("/articles"), None)]
    for each in catalogue.articles:
        pages.append((site.address(f"/articles/{id_in_path(each.article.id)}"), each.article.updated))
        pages += [(site.address(f"/entries/{id_in_path(own.entry_id)}"), each.article.updated) for own in each.entries]
    parts = [pages[start : start + _MOST] for start in range(0, len(pages), _MOST)]
    if not 0 <= part <= len(parts):
        raise HTTPException(404, "The sitemap has no such part.")
    if part == 0 and len(parts) > 1:
        others = [site.address(f"/sitemap.xml?part={number}") for number in range(1, len(parts) + 1)]
        return _xml("sitemap_index", [(each, None) for each in others])
    return _xml("sitemap", parts[max(0, part - 1)])


def _xml(name: str, pages: Sequence[tuple[str, str | None]]) -> Response:
    return Response(render(f"plain/{name}.xml", pages=pages), media_type="application/xml")
