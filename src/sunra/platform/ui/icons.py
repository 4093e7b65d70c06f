"""The line icons of the product: own drawings on a 24 px grid, coloured by the text around them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "today": "M4 11.5 12 5l8 6.5V20a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z",
    "see": "M3 6.5 9 4l6 2.5L21 4v13.5L15 20l-6-2.5L3 20zM9 4v13.5M15 6.5V20",
    "act": "M12 3l7.5 3v5.5c0 4.6-3.2 7.9-7.5 9.5-4.3-1.6-7.5-4.9-7.5-9.5V6zM8.8 12l2.3 2.3 4.3-4.4",
    "build": "M4 21V9l6-4v16M10 21V3l10 5v13M3 21h18M14 11v.1M14 15v.1M17 13v.1",
    "learn": "M3 9l9-4.5L21 9l-9 4.5zM7 11.2V16c0 1.4 2.3 2.8 5 2.8s5-1.4 5-2.8v-4.8M21 9v5.5",
    "govern": "M12 4v17M7 21h10M5 7h14M5 7l-2.6 6.5a3 3 0 0 0 5.2 0zM19 7l-2.6 6.5a3 3 0 0 0 5.2 0z",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "search": "M11 4.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM16 16l4.5 4.5",
    "bell": "M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15zM10 20.5a2.2 2.2 0 0 0 4 0",
    "person": (
        "M12 4.5a3.75 3.75 0 1 1 0 7.5 3.75 3.75 0 0 1 0-7.5zM4.5 20.5c.6-3.8 3.6-6 7.5-6s6.9 2.2 7.5 6"
    ),
    "agency": "M4 21V8l8-4.5L20 8v13M3 21h18M9.5 21v-5h5v5M8.5 11v.1M12 11v.1M15.5 11v.1",
    "down": "M6 9.5l6 6 6-6",
    "close": "M6 6l12 12M18 6L6 18",
    "check": "M5 12.5l4.7 4.7L19.5 7.5",
    "warn": "M12 4L2.8 20h18.4zM12 10v4.5M12 17.3v.1",
    "info": "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.6v.1",
    "download": "M12 4v11M7.5 11l4.5 4.5L16.5 11M4.5 19.5h15",
    "empty": "M4 13.5 6.5 5h11l2.5 8.5V19a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM4 13.5h4.5l1.5 2.5h4l1.5-2.5H20",
    "language": (
        "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5"
        "c2.6 2.3 3.8 5.1 3.8 8.5s-1.2 6.2-3.8 8.5c-2.6-2.3-3.8-5.1-3.8-8.5S9.4 5.8 12 3.5z"
    ),
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
    "lock": "M6 10.5h12v10H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14.5v2",
    "out": "M10 4.5H5v15h5M14 8l4 4-4 4M18 12H9.5",
}


def icon(name: str) -> SafeString:
    """The icon as inline SVG, hidden from screen readers: the text beside it carries the meaning."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        'focusable="false">'
        '<path d="{}"></path></svg>',
        mark_safe(PATHS[name]),  # noqa: S308 - a constant of this module
    )
