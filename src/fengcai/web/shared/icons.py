"""The icons, drawn on a 24 × 24 grid with strokes. An icon never stands without a word beside it."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_C = '<circle cx="12" cy="12" r="9"/>'

ICONS: dict[str, str] = {
    # verdicts and states
    "pass": _C + '<path d="m7.8 12.4 2.9 2.9 5.6-6.2"/>',
    "fail": _C + '<path d="m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"/>',
    "question": _C
    + '<path d="M9.6 9.4a2.5 2.5 0 1 1 3.5 2.5c-.8.4-1.1.9-1.1 1.7"/><path d="M12 16.7v.1"/>',
    "person": '<circle cx="12" cy="8.2" r="3.7"/><path d="M4.8 20a7.2 7.2 0 0 1 14.4 0"/>',
    "alert": '<path d="M12 3.8 2.9 19.6h18.2Z"/><path d="M12 10v4.4m0 2.6v.1"/>',
    "info": _C + '<path d="M12 11v5.4m0-8.9v.1"/>',
    "clock": _C + '<path d="M12 7v5.2l3.4 2"/>',
    "wait": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.2 3.4"/>',
    "running": '<path d="M12 3a9 9 0 1 1-8.6 6.4"/>',
    "draft": '<path d="m4 20 .9-4.2L16.4 4.3a1.9 1.9 0 0 1 2.7 0l.6.6a1.9 1.9 0 0 1 0 2.7'
    'L8.2 19.1Z"/><path d="m14.4 6.3 3.3 3.3"/>',
    "return": '<path d="M9 6 4.5 10.5 9 15"/><path d="M4.5 10.5h9a6 6 0 0 1 6 6V18"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="1.5"/>'
    '<path d="M8.2 10.5V8a3.8 3.8 0 0 1 7.6 0v2.5"/>',
    "unlock": '<rect x="5" y="10.5" width="14" height="9.5" rx="1.5"/>'
    '<path d="M8.2 10.5V8a3.8 3.8 0 0 1 7.3-1.5"/>',
    "award": '<circle cx="12" cy="9" r="5.6"/><path d="m8.6 13.6-1.4 7 4.8-2.6 4.8 2.6-1.4-7"/>',
    "seal": '<rect x="4.5" y="4.5" width="15" height="15" rx="1.5"/>'
    '<path d="M9 8.5h6M12 8.5v7M8.5 15.5h7M9.4 12h5.2"/>',
    "shield": '<path d="M12 3.4 5 6v5.4c0 4.3 2.9 7.6 7 9.2 4.1-1.6 7-4.9 7-9.2V6Z"/>'
    '<path d="m8.8 12 2.3 2.3 4.2-4.6"/>',
    "flag": '<path d="M6 21V4.2m0 .6h11.4l-2.6 4 2.6 4H6"/>',
    # things
    "film": '<rect x="3" y="5" width="18" height="14" rx="1.5"/>'
    '<path d="M7.5 5v14m9-14v14M3 9.7h4.5M3 14.3h4.5m9-4.6H21m-4.5 4.6H21"/>',
    "image": '<rect x="3.5" y="4.5" width="17" height="15" rx="1.5"/>'
    '<circle cx="9" cy="9.6" r="1.6"/><path d="m4 17.5 4.6-4.3 3 2.8 4-4.6 4.9 5.1"/>',
    "sound": '<path d="M4.5 9.5v5h3.2l4.3 3.8V5.7L7.7 9.5Z"/>'
    '<path d="M15.3 9.2a4 4 0 0 1 0 5.6m2.6-8.2a7.6 7.6 0 0 1 0 10.8"/>',
    "mute": '<path d="M4.5 9.5v5h3.2l4.3 3.8V5.7L7.7 9.5Z"/><path d="m16 9.8 4.4 4.4m0-4.4L16 14.2"/>',
    "document": '<path d="M6 3.5h8.2L18.5 8v12.5H6Z"/><path d="M14 3.5V8.2h4.5M9 12.4h6.5M9 16h6.5"/>',
    "table": '<rect x="3.5" y="4.5" width="17" height="15" rx="1.5"/>'
    '<path d="M3.5 9.5h17m-17 5h17m-11-10v15"/>',
    "clause": '<path d="M7 3.5h10.5v17H7a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2Z"/>'
    '<path d="M5 18.5a2 2 0 0 1 2-2h10.5M9 8h5m-5 3.4h5"/>',
    "folder": '<path d="M3.5 6.5a1 1 0 0 1 1-1h5l2 2.3h8a1 1 0 0 1 1 1v9.7a1 1 0 0 1-1 1h-15'
    'a1 1 0 0 1-1-1Z"/>',
    "people": '<circle cx="9" cy="8.6" r="3.3"/><path d="M2.8 19.4a6.2 6.2 0 0 1 12.4 0"/>'
    '<path d="M15.6 5.6a3.3 3.3 0 0 1 0 6m2.2 2.6a6.2 6.2 0 0 1 3.4 5.2"/>',
    "building": '<path d="M5 20.5V4.5h9v16m0-11h5v11M3 20.5h18"/>'
    '<path d="M8 8.2h3m-3 3.6h3m-3 3.6h3m6-2v.1m0 3.4v.1"/>',
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="1.5"/><path d="m4 7 8 6 8-6"/>',
    "chat": '<path d="M4 5.5h16v10.2h-8.6L7.2 19.4v-3.7H4Z"/>'
    '<path d="M8.6 10.6v.1m3.4-.1v.1m3.4-.1v.1"/>',
    "phone": '<path d="M5.2 4.5h3.3l1.6 4-2 1.5a11 11 0 0 0 5.9 5.9l1.5-2 4 1.6v3.3'
    'a1.5 1.5 0 0 1-1.6 1.5A15.2 15.2 0 0 1 3.7 6.1a1.5 1.5 0 0 1 1.5-1.6Z"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="1.5"/>'
    '<path d="M4 10h16M8.4 3.5v3.8m7.2-3.8v3.8"/>',
    "home": '<path d="m3.5 11.6 8.5-7.4 8.5 7.4M6 9.8v10h12v-10M10 19.8v-5.4h4v5.4"/>',
    "list": '<path d="M8.5 6.5H20M8.5 12H20M8.5 17.5H20M4.4 6.5h.1m-.1 5.5h.1m-.1 5.5h.1"/>',
    "grid": '<rect x="4" y="4" width="6.6" height="6.6" rx="1"/><rect x="13.4" y="4" width="6.6" '
    'height="6.6" rx="1"/><rect x="4" y="13.4" width="6.6" height="6.6" rx="1"/>'
    '<rect x="13.4" y="13.4" width="6.6" height="6.6" rx="1"/>',
    "scale": '<path d="M12 4v16m-4.5 0h9M5 7.2l7-1.7 7 1.7M5 7.2 2.6 13h4.8Zm14 0L16.6 13h4.8Z"/>'
    '<path d="M2.6 13a2.5 2.5 0 0 0 4.8 0m9.2 0a2.5 2.5 0 0 0 4.8 0"/>',
    "money": '<path d="m7.5 4 4.5 6.4L16.5 4M12 10.4V20m-4.6-7.6h9.2m-9.2 3.8h9.2"/>',
    "qr": '<path d="M4 4h6v6H4Zm10 0h6v6h-6ZM4 14h6v6H4Z"/>'
    '<path d="M14 14h2.5v2.5M20 14v3m-6 3h2.5m3.5 0v.1"/>',
    "history": '<path d="M4 5v4.5h4.5"/><path d="M4.6 9.4A8.4 8.4 0 1 1 3.6 13"/>'
    '<path d="M12 8v4.6l3 1.8"/>',
    "star": '<path d="m12 3.8 2.5 5.3 5.7.7-4.2 4 1.1 5.8L12 16.8l-5.1 2.8L8 13.8l-4.2-4 5.7-.7Z"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.6 1.6H4.4Z"/><path d="M10 20.6h4"/>',
    # acts
    "upload": '<path d="M12 15.5V4.2m-4.4 4.2L12 4l4.4 4.4"/><path d="M4.5 15v4.8h15V15"/>',
    "download": '<path d="M12 4v11.3m-4.4-4.2 4.4 4.4 4.4-4.4"/><path d="M4.5 15v4.8h15V15"/>',
    "play": '<path data-solid d="M8 5.2v13.6L19 12Z"/>',
    "pause": '<path data-solid d="M7 5.2h3.6v13.6H7Zm6.4 0H17v13.6h-3.6Z"/>',
    "search": '<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.5 15.5 5 5"/>',
    "filter": '<path d="M4 5.5h16l-6.2 7.2v6.1l-3.6-1.9v-4.2Z"/>',
    "edit": '<path d="m4 20 .9-4.2L16.4 4.3a1.9 1.9 0 0 1 2.7 0l.6.6a1.9 1.9 0 0 1 0 2.7'
    'L8.2 19.1Z"/><path d="m14.4 6.3 3.3 3.3"/>',
    "trash": '<path d="M4.5 6.8h15M9.5 6.8V4h5v2.8M6.5 6.8l.9 13.2h9.2l.9-13.2M10.4 10.6v5.8'
    'm3.2-5.8v5.8"/>',
    "plus": '<path d="M12 5v14m-7-7h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "close": '<path d="m6 6 12 12m0-12L6 18"/>',
    "tick": '<path d="m4.8 12.6 4.6 4.6L19.4 6.6"/>',
    "eye": '<path d="M2.6 12S6 5.8 12 5.8 21.4 12 21.4 12 18 18.2 12 18.2 2.6 12 2.6 12Z"/>'
    '<circle cx="12" cy="12" r="2.9"/>',
    "print": '<path d="M7 8.5V4h10v4.5M7 16.5H4.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h15a1 1 0 0 1 1 1v6'
    'a1 1 0 0 1-1 1H17"/><path d="M7 14h10v6H7Z"/>',
    "copy": '<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="1.5"/>'
    '<path d="M15.5 8.5V5A1.5 1.5 0 0 0 14 3.5H5A1.5 1.5 0 0 0 3.5 5v9A1.5 1.5 0 0 0 5 15.5h3.5"/>',
    "link": '<path d="M10 14a4.2 4.2 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1"/>'
    '<path d="M14 10a4.2 4.2 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1"/>',
    "external": '<path d="M14 4.5h5.5V10m0-5.5-8.2 8.2"/><path d="M17.5 14v5.5h-13v-13H10"/>',
    "undo": '<path d="M9 6 4.5 10.5 9 15"/><path d="M4.5 10.5h9a6 6 0 0 1 6 6V18"/>',
    "right": '<path d="M4.5 12h15m-5.6-5.6 5.6 5.6-5.6 5.6"/>',
    "left": '<path d="M19.5 12h-15m5.6-5.6L4.5 12l5.6 5.6"/>',
    "up": '<path d="M12 20V4.6m-5.6 5.6L12 4.6l5.6 5.6"/>',
    "down": '<path d="m5.5 9 6.5 6.5L18.5 9"/>',
    "sort": '<path d="M8 5v14m-3.4-3.4L8 19l3.4-3.4M16 19V5m-3.4 3.4L16 5l3.4 3.4"/>',
    "fullscreen": '<path d="M4.5 9.5v-5h5m5 0h5v5m0 5v5h-5m-5 0h-5v-5"/>',
    "settings": '<path d="M4 7.5h8.5m5 0H20M4 16.5h2.5m5 0H20"/><circle cx="15" cy="7.5" r="2.3"/>'
    '<circle cx="9" cy="16.5" r="2.3"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.8v2.4m0 13.6v2.4M2.8 12h2.4m13.6 0h2.4'
    'M5.5 5.5l1.7 1.7m9.6 9.6 1.7 1.7m0-13-1.7 1.7m-9.6 9.6-1.7 1.7"/>',
    "moon": '<path d="M20 14.2A8.4 8.4 0 0 1 9.8 4a8.4 8.4 0 1 0 10.2 10.2Z"/>',
    "enter": '<path d="M13.5 4.5h6v15h-6"/><path d="M4 12h10m-4.2-4.2L14 12l-4.2 4.2"/>',
    "leave": '<path d="M10.5 4.5h-6v15h6"/><path d="M9.5 12H20m-4.2-4.2L20 12l-4.2 4.2"/>',
}


@lru_cache(maxsize=512)
def draw(name: str, label: str = "") -> SafeString:
    """The icon as inline SVG, hidden from readers unless `label` names it. KeyError if not drawn."""
    shape = mark_safe(ICONS[name])  # noqa: S308  (our own drawings)
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            label,
            shape,
        )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', shape
    )
