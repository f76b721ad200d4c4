"""`{% kept %}`: rendered once for a key, anew for another, always while debugging, never too many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Engine, TemplateSyntaxError

from fengcai.web.shared.templatetags import kept

ENGINE = Engine(libraries={"kept": "fengcai.web.shared.templatetags.kept"})
PAGE = '{% load kept %}{% kept "place" hash %}{{ said }}{% endkept %}'


@pytest.fixture(autouse=True)
def empty_shelf() -> Iterator[None]:
    kept.shelf.clear()
    yield
    kept.shelf.clear()


def told(source: str = PAGE, **named: object) -> str:
    return ENGINE.from_string(source).render(Context(named))


def test_the_same_key_is_rendered_once_and_another_anew() -> None:
    assert told(hash="a", said="one") == "one"
    assert told(hash="a", said="two") == "one"
    assert told(hash="b", said="three") == "three"
    assert told(hash="a", said="four") == "one"


def test_another_place_with_the_same_key_is_another_part() -> None:
    assert told(hash="a", said="one") == "one"
    assert told(PAGE.replace("place", "elsewhere"), hash="a", said="two") == "two"


def test_what_is_kept_was_escaped() -> None:
    assert told(hash="a", said="<b>") == "&lt;b&gt;"
    assert told(hash="a", said="x") == "&lt;b&gt;"


def test_nothing_is_kept_while_debugging(settings: Any) -> None:
    settings.DEBUG = True
    assert [told(hash="a", said=said) for said in ("one", "two")] == ["one", "two"]


def test_the_part_not_used_for_longest_makes_room() -> None:
    for number in range(kept.PARTS):
        told(hash=str(number), said="old")
    told(hash="0", said="")  # used again, so 1 is now the oldest
    told(hash="new", said="new")
    assert told(hash="0", said="anew") == "old"
    assert told(hash="1", said="anew") == "anew"


def test_a_key_is_wanted() -> None:
    with pytest.raises(TemplateSyntaxError, match="name of the place and a key"):
        told('{% load kept %}{% kept "place" %}x{% endkept %}')
