"""The JSON Schema for editors: made from the models, with gaps allowed everywhere."""

from __future__ import annotations

from fengcai.core.rulebook import schema


def test_the_schema_names_the_keys_and_refuses_others() -> None:
    found = schema()
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["title"] == "风采规则书"
    assert found["additionalProperties"] is False
    assert {"tracks", "windows", "rounds", "awards", "questions"} <= set(found["properties"])
    assert found["properties"]["rulebook"]["enum"] == ["1", "2"]


def test_a_value_may_be_a_gap() -> None:
    theme = schema()["properties"]["theme"]
    assert {"type": "string", "pattern": "^待明确 "} in theme["oneOf"]


def test_answers_have_a_schema_of_their_own() -> None:
    found = schema(answers=True)
    assert found["title"] == "风采规则书的答复"
    assert set(found["required"]) == {"answers", "rulebook", "decisions"}
