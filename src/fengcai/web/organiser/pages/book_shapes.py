"""What may stand where in a rulebook, read from the language's own schema.

Nothing here knows a particular clause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fengcai.apps.refusals import Refused
from fengcai.core import rulebook
from fengcai.core.rulebook.problems import Path

GAP = "待明确"


@dataclass(frozen=True)
class Shape:
    """What may stand at a place: words, a choice, a list of words, a clause, items by id or in order."""

    kind: str
    choices: tuple[str, ...] = ()
    example: str = ""
    keys: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    inner: Shape | None = None

    @property
    def simple(self) -> bool:
        """Whether one input holds it."""
        return self.kind in {"words", "choice", "list"}


@lru_cache(maxsize=1)
def language() -> Shape:
    """The shape of a whole rulebook."""
    whole = rulebook.schema()
    return _shape(whole, whole["$defs"], ())


def _shape(node: Mapping[str, Any], defs: Mapping[str, Any], inside: tuple[str, ...]) -> Shape:
    """A shape from JSON Schema; a definition inside itself ends as words."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if inside.count(name):
            return Shape("words")
        return _shape(defs[name], defs, (*inside, name))
    for key in ("anyOf", "oneOf"):
        if key in node:
            kept = [each for each in node[key] if not _nothing(each)]
            shapes = [_shape(each, defs, inside) for each in kept]
            return next((each for each in shapes if not each.simple), shapes[0])
    if "enum" in node:
        return Shape("choice", choices=tuple(map(str, node["enum"])))
    if "const" in node:
        return Shape("words", example=str(node["const"]))
    if "properties" in node:
        keys = {key: _shape(each, defs, inside) for key, each in node["properties"].items()}
        return Shape("clause", keys=keys, required=frozenset(node.get("required", ())))
    inner = next(iter(node.get("patternProperties", {}).values()), None)
    if inner is None and isinstance(node.get("additionalProperties"), dict):
        inner = node["additionalProperties"]
    if inner is not None:
        return Shape("keyed", inner=_shape(inner, defs, inside))
    if node.get("type") == "array":
        of = _shape(node.get("items", {}), defs, inside)
        return Shape("list") if of.simple else Shape("items", inner=of)
    return Shape("words", example=str(next(iter(node.get("examples", ())), "")))


def _nothing(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "null" or str(node.get("pattern", "")).startswith("^" + GAP)


def shape_at(path: Path) -> Shape:
    """What may stand at a path. Raises `Refused` for a path that the language does not have."""
    here = language()
    for step in path:
        found = here.keys.get(str(step)) if here.kind == "clause" else here.inner
        if found is None:
            raise Refused("规则书里没有这个地方，没有改动。请刷新页面再试。")
        here = found
    return here


def value_at(tree: Any, path: Path) -> Any:
    """What stands at a path; None for nothing."""
    for step in path:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree
