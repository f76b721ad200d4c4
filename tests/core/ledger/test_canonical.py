"""One byte form for one value."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengcai.core.ledger import canonical, salted


def test_keys_are_sorted_and_nothing_is_blank() -> None:
    value = {"b": [1, True, None], "a": {"作品": "搏动", "": ""}, "A": -0}
    assert canonical(value) == '{"A":0,"a":{"":"","作品":"搏动"},"b":[1,true,null]}'.encode()


def test_keys_sort_by_utf16_as_javascript_does() -> None:
    """RFC 8785, 3.2.3: the emoji (a surrogate pair, d83d) comes before U+FF21."""
    value = {"\u20ac": 1, "\r": 2, "\uff21": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "ö": 7}
    assert list(json.loads(canonical(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


def test_text_is_nfc() -> None:
    assert canonical("e\u0301") == canonical("\u00e9") == '"é"'.encode()
    assert canonical({"e\u0301": 1}) == canonical({"\u00e9": 1})


def test_control_characters_are_escaped_as_rfc_8785_says() -> None:
    assert canonical('\b\t\n\f\r\x1f"\\/\x7f') == b'"\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f"'


def test_enumerations_and_tuples_are_their_values() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Size(IntEnum):
        BIG = 3

    assert canonical((Colour.RED, Size.BIG, {Colour.RED: 1})) == b'["red",3,{"red":1}]'


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, float("nan"), b"x", {1, 2}, {1: 2}, object()])
def test_what_has_no_exact_form_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), "\ud800", "a\x00b", {"\u00e9": 1, "e\u0301": 2}]
)
def test_what_another_reader_would_take_otherwise_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            text.map(lambda key: unicodedata.normalize("NFC", key)), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        items = [(key, shuffled(item, random)) for key, item in value.items()]
        random.shuffle(items)
        return dict(items)
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@given(values, st.randoms(use_true_random=False))
def test_the_form_does_not_depend_on_order_and_is_its_own_form(value: Any, random: Any) -> None:
    data = canonical(value)
    assert canonical(shuffled(value, random)) == data
    assert canonical(json.loads(data)) == data


@given(values, values)
def test_different_values_have_different_forms(a: Any, b: Any) -> None:
    def told(value: Any) -> str:
        return unicodedata.normalize("NFC", json.dumps(value, sort_keys=True, ensure_ascii=False))

    assert (canonical(a) == canonical(b)) == (told(a) == told(b))


SALT = "0123456789abcdef0123456789abcdef"


def test_a_commitment_is_the_documented_hash() -> None:
    by_hand = hashlib.sha256(
        b"fengcai.ledger.salted.v1\n" + f'["{SALT}","张某"]'.encode()
    ).hexdigest()
    assert salted("张某", SALT) == by_hand
    assert salted("张某", SALT[::-1]) != by_hand
    assert salted("张", SALT) != by_hand


def test_a_short_salt_hides_nothing_and_is_refused() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        salted("张某", "0" * 31)
