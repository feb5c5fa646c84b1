"""Screens as people photograph them: a message in a dialog, a banner, a notice or a log, with a program around it."""

from __future__ import annotations

import html
import random
from dataclasses import dataclass

FONTS = ("Liberation Sans", "DejaVu Sans", "Liberation Serif")
_LIGHT = {
    "page": "#e9edf2",
    "pane": "#ffffff",
    "text": "#1c1f23",
    "faint": "#5f6770",
    "line": "#c9d0d8",
    "key": "#1a5fb4",
}
_DARK = {
    "page": "#14161a",
    "pane": "#22262c",
    "text": "#e8eaed",
    "faint": "#9aa3ad",
    "line": "#3c434b",
    "key": "#78aeed",
}
_STYLE = """
* { box-sizing: border-box; margin: 0 }
body { font: 15px/1.4 "FONT"; background: PAGE; color: TEXT; width: 1000px; height: 640px; position: relative }
.pane { background: PANE; border: 1px solid LINE; border-radius: 6px }
.bar { display: flex; gap: 28px; padding: 8px 14px; color: FAINT; font-size: 14px }
.title { display: flex; justify-content: space-between; padding: 7px 12px }
.title { border-bottom: 1px solid LINE; font-size: 14px }
button { font: inherit; font-size: 14px; padding: 5px 18px; background: PAGE; color: TEXT; border: 1px solid LINE }
.main { background: KEY; color: PANE }
.buttons { display: flex; gap: 10px; justify-content: flex-end; padding: 12px }
table { border-collapse: collapse; width: 100%; font-size: 14px; color: FAINT } td { padding: 5px 12px }
.task { position: absolute; bottom: 0; width: 100%; border-top: 1px solid LINE; background: PANE }
.float { position: absolute; box-shadow: 0 6px 24px #0006 }
"""
_ROWS = [
    ("INV-2041", "Hillcrest Farm", "12 May", "240.00"),
    ("INV-2042", "Orchard Dental", "13 May", "1,180.50"),
    ("INV-2043", "Bell and Sons", "13 May", "96.00"),
    ("INV-2044", "Quayside Books", "14 May", "410.25"),
]
_MENU = ("File", "Edit", "View", "Reports", "Help")
_SIDE = ("Overview", "Contacts", "Invoices", "Calendar", "Reports", "Settings")


@dataclass(frozen=True, slots=True)
class Look:
    """How a screen looks.

    Attributes:
        font: Of its texts.
        is_dark: Whether it is light on dark.
        kind: A name in `SCREENS`.
    """

    font: str
    is_dark: bool
    kind: str


def screen(message: str, product: str, look: Look, chance: random.Random) -> str:
    """Return the HTML of a screen that shows a message."""
    colours = _DARK if look.is_dark else _LIGHT
    style = _STYLE.replace("FONT", look.font)
    for name, colour in colours.items():
        style = style.replace(name.upper(), colour)
    shown = html.escape(message).replace("\n", "<br>")
    body = SCREENS[look.kind](shown, html.escape(product), chance)
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{body}"


def _menu() -> str:
    return "<div class='bar'>" + "".join(f"<span>{each}</span>" for each in _MENU) + "</div>"


def _table() -> str:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _ROWS)
    return f"<table class='pane'>{rows}</table>"


def _taskbar(product: str) -> str:
    return f"<div class='bar task'><span>Start</span><span>{product}</span><span>Mail</span><span>14:05</span></div>"


def _buttons(*names: str) -> str:
    last = len(names) - 1
    return (
        "<div class='buttons'>"
        + "".join(f"<button class='{'main' if at == last else ''}'>{name}</button>" for at, name in enumerate(names))
        + "</div>"
    )


def _dialog(message: str, product: str, chance: random.Random) -> str:
    """A window of a desktop program, over its table, with a taskbar."""
    width = chance.choice((420, 520, 620))
    window = (
        f"<div class='pane float' style='left:{chance.randrange(120, 300)}px;top:{chance.randrange(110, 220)}px;"
        f"width:{width}px'><div class='title'><span>{product}</span><span>&#x2715;</span></div>"
        f"<p style='padding:18px 20px'>{message}</p>{_buttons('Cancel', 'OK')}</div>"
    )
    return f"{_menu()}{_table()}{window}{_taskbar(product)}"


def _alert(message: str, product: str, _: random.Random) -> str:
    """A sheet with a bold heading, its text in the middle."""
    return (
        "<div class='pane float' style='left:290px;top:120px;width:400px;text-align:center;padding:22px'>"
        f"<b>{product} needs your attention</b><p style='margin:10px 0 16px;font-size:14px'>{message}</p>"
        f"{_buttons('Later', 'Try again')}</div>"
    )


def _banner(message: str, product: str, _: random.Random) -> str:
    """A page with a list at the left and the message in a box above a form."""
    side = "".join(f"<p style='padding:7px 0'>{each}</p>" for each in _SIDE)
    fields = "".join(
        f"<p style='margin-top:12px;font-size:14px'>{name}</p><div class='pane' style='padding:6px'>{value}</div>"
        for name, value in (("Reference", "2026/0117"), ("Amount", "310.00"))
    )
    return (
        f"<div class='bar pane'><b>{product}</b><span>Search</span><span>Notifications</span><span>Dana</span></div>"
        f"<div style='display:flex'><div style='width:190px;padding:14px 20px'>{side}</div>"
        f"<div style='flex:1;padding:18px'><div class='pane' style='border-left:5px solid #c01c28;padding:14px 16px'>"
        f"{message}</div>{fields}{_buttons('Discard', 'Save')}</div></div>"
    )


def _notice(message: str, product: str, _: random.Random) -> str:
    """A small notice in the corner."""
    return (
        f"{_menu()}{_table()}<div class='pane float' style='right:20px;bottom:60px;width:360px;padding:14px 16px'>"
        f"<b style='font-size:14px'>{product}</b><p style='font-size:14px'>{message}</p></div>{_taskbar(product)}"
    )


def _log(message: str, _: str, __: random.Random) -> str:
    """Lines of a log, the message among them."""
    lines = ["06:00:02 worker 4 started", f"06:00:03 {message}", "06:00:04 worker 4 goes to sleep"]
    text = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<div class='pane' style='margin:20px;padding:16px;height:560px;font-family:\"DejaVu Sans Mono\"'>{text}</div>"
    )


SCREENS = {"dialog": _dialog, "alert": _alert, "banner": _banner, "notice": _notice, "log": _log}
