"""The middleware in the order in which a request passes it, and why it is this order."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence

from starlette.middleware import Middleware

from assistant.settings import Settings
from assistant.web.middleware.body_limit import BodyLimit
from assistant.web.middleware.fault_ids import FaultIds
from assistant.web.middleware.gradio_calls import GradioCalls
from assistant.web.middleware.gradio_document import GradioDocument
from assistant.web.middleware.page_errors import ErrorPage, PageErrors
from assistant.web.middleware.picture_uploads import PICTURE_PATHS, PICTURES_PER_MINUTE, PictureUploads
from assistant.web.middleware.rate_limit import NOTED_PATHS, NOTES_PER_MINUTE, RateLimit, WrongTokens
from assistant.web.middleware.security import ROUTES, AllowedRoutes, ForwardedHost, SameSite, SecurityHeaders
from assistant.web.middleware.sites import PREFLIGHTS, Preflights, SiteHeaders, listed
from assistant.web.middleware.turns import Turns

DEPENDENCIES = (  # (inner, outer, what goes wrong the other way round)
    (SecurityHeaders, SiteHeaders, "its headers would forbid what a listed site may do"),
    (AllowedRoutes, SecurityHeaders, "its refusals would lack the headers"),
    (RateLimit, SecurityHeaders, "its refusals would lack the headers"),
    (WrongTokens, SecurityHeaders, "its refusals would lack the headers"),
    (SameSite, SecurityHeaders, "its refusals would lack the headers"),
    (FaultIds, SecurityHeaders, "its error responses would lack the headers"),
    (PageErrors, SecurityHeaders, "its pages would lack the headers"),
    (AllowedRoutes, PageErrors, "people would read its refusals as JSON"),
    (RateLimit, PageErrors, "people would read its refusals as JSON"),
    (FaultIds, PageErrors, "people would read its errors as JSON"),
    (BodyLimit, AllowedRoutes, "it would read the body of a request that no route takes"),
    (BodyLimit, RateLimit, "it would read the bodies of a client that asks too often"),
    (BodyLimit, SameSite, "it would read the body of a request that another site sends"),
    (BodyLimit, WrongTokens, "the size that it allows would tell right tokens from wrong ones"),
    (BodyLimit, PictureUploads, "it would receive any number of pictures at once"),
    (PictureUploads, SameSite, "pictures that another site sends would take the places"),
    (Turns, RateLimit, "a client over its rate would wait for a turn"),
    (Turns, BodyLimit, "a client that sends slowly would have a turn meanwhile"),
    (GradioCalls, BodyLimit, "it takes the first part of a body for the whole"),
    (GradioCalls, FaultIds, "a fault in it would have no id"),
    (GradioDocument, FaultIds, "a fault in it would have no id"),
    (Preflights, RateLimit, "a flood of them would have no limit"),
    (SameSite, Preflights, "it would refuse them, listed sites' too"),
)


def middleware_stack(
    settings: Settings,
    *,
    page_head: str,
    page_waiting: str,
    error_page: ErrorPage,
    page_headers: Mapping[str, str],
    body_limits: Mapping[str, int],
    at_once: int,
    open_limits: Mapping[str, int] | None = None,
) -> list[Middleware]:
    """Return the middleware, outermost first.

    Args:
        settings: The rate limit, the editor's token, the server's names and the sites that may read answers.
        page_head: HTML for the page's head.
        page_waiting: HTML for the page until Gradio has drawn it.
        error_page: Makes the HTML of an error's message and id.
        page_headers: Of such a page.
        body_limits: Bytes by path, for requests with the token that may be larger than others.
        at_once: How many queries are worked on at once.
        open_limits: Bytes by path, for everybody's requests that may be larger than others.
    """
    sites = listed(settings.sites)
    stack = [
        # first, for a listed site may read refusals too, and may frame what the next one forbids to frame
        Middleware(SiteHeaders, sites=sites),
        # then this, for every response carries its headers, a refusal too
        Middleware(SecurityHeaders),
        # refusals from here on are pages, where a person is to read them
        Middleware(PageErrors, page=error_page, headers=page_headers),
        # what no route takes is refused before it costs anything, and does not count towards the rate
        Middleware(AllowedRoutes, routes=(*ROUTES, *(PREFLIGHTS if sites else ()))),
        # a client's claims about the server's address are dropped before anything reads them
        Middleware(ForwardedHost),
        # these refuse by the head of a request alone, so they come before its body is read
        Middleware(RateLimit, per_minute=settings.rate_limit),
        Middleware(RateLimit, per_minute=min(settings.rate_limit, NOTES_PER_MINUTE), paths=NOTED_PATHS),
        Middleware(RateLimit, per_minute=min(settings.rate_limit, PICTURES_PER_MINUTE), paths=PICTURE_PATHS),
        Middleware(Preflights, sites=sites),
        Middleware(SameSite, hosts=(settings.host, socket.gethostname(), *settings.hosts.split(",")), sites=sites),
        Middleware(WrongTokens, token=settings.token),
        # a picture is large, so few of them are received at once
        Middleware(PictureUploads),
        # reads the body, of limited size and in limited time; what is inside gets it whole, in one message
        Middleware(BodyLimit, limits=body_limits, open_limits=open_limits, token=settings.token),
        # catches what fails further in; what is further out fails only by a fault in itself
        Middleware(FaultIds),
        # what costs something waits for its turn
        Middleware(Turns, at_once=at_once),
        # looks into the body, so it needs it whole
        Middleware(GradioCalls),
        # last, for it rewrites what Gradio answers
        Middleware(GradioDocument, head=page_head, waiting=page_waiting, paths=frozenset({"/"})),
    ]
    check_order([each.cls for each in stack])
    return stack


def check_order(order: Sequence[object]) -> None:
    """Check that each middleware stands inside those it depends on.

    Args:
        order: The classes, outermost first.

    Raises:
        ValueError: One stands outside another that it depends on, or without it.
    """
    for inner, outer, reason in DEPENDENCIES:
        if inner in order and outer not in order[: order.index(inner)]:
            raise ValueError(f"{inner.__name__} has to stand inside {outer.__name__}: {reason}")
