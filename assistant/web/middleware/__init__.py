"""What every request passes before a route sees it, outermost first in `assistant.web.app`."""
