"""`{% kept %}`: a part of a page that depends on nothing but its key is rendered once in a process.

For what a rulebook says, keyed by the hash of the rules: an amended rulebook has another key. Never
for anything that a person, a right or a moment changes.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token

register = template.Library()

PARTS = 256


class Shelf:
    """The parts used last, at most `PARTS` of them."""

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[str, ...], str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, ...]) -> str | None:
        """The part, if it is there."""
        with self._lock:
            if key in self._parts:
                self._parts.move_to_end(key)
            return self._parts.get(key)

    def put(self, key: tuple[str, ...], part: str) -> None:
        """Keep the part; the one not used for longest makes room."""
        with self._lock:
            self._parts[key] = part
            self._parts.move_to_end(key)
            while len(self._parts) > PARTS:
                self._parts.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._parts.clear()


shelf = Shelf()


class KeptNode(template.Node):
    """Renders its body unless it is on the shelf."""

    def __init__(self, body: NodeList, key: list[FilterExpression]) -> None:
        self.body = body
        self.key = key

    def render(self, context: template.Context) -> str:
        """The part as it stands on the shelf, or fresh (always, while debugging)."""
        key = tuple(str(each.resolve(context)) for each in self.key)
        found = None if settings.DEBUG else shelf.get(key)
        if found is None:
            found = self.body.render(context)
            shelf.put(key, found)
        return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept "contest.awards" rules.hash %}…{% endkept %}`: the first key names the place."""
    _, *key = token.split_contents()
    if len(key) < 2:
        raise template.TemplateSyntaxError("kept needs the name of the place and a key.")
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(body, [parser.compile_filter(each) for each in key])
