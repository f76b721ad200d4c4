"""Word forms, filled by docxtpl in a jinja that knows names, loops and conditions, and nothing else.

Runs in the child, behind the walls. Besides the sandbox, whatever a form could call, set, import or
define is refused before anything is rendered.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import docx
from docxtpl import DocxTemplate
from jinja2 import TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from fengcai.engines.documents.forms.marks import Unfit

LET = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const,
    nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Filter,
)  # fmt: skip
FILTERS = {"default", "length", "join", "upper", "lower", "trim"}
LOOP = {"index", "index0", "first", "last", "length"}
MOST_ROWS = 2_000
MOST_DEEP = 2


class _Blank(Undefined):
    """What is not there is blank, however deep it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self


def used(data: bytes) -> list[str]:
    """The paths that the form asks for. Raises Unfit."""
    found: list[str] = []
    for tree in _trees(data):
        found += _paths(tree, {})
    return found


def filled(data: bytes, context: Mapping[str, Any]) -> bytes:
    """The form filled. Raises Unfit."""
    used(data)
    template = DocxTemplate(io.BytesIO(data))
    try:
        template.render(dict(context), jinja_env=_jinja(), autoescape=True)
    except TemplateError as error:
        raise Unfit(f"模板填写时出错：{_told(error)}") from None
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def shown(data: bytes) -> list[list[str]]:
    """Paragraphs and rows of tables in order, as text."""
    found: list[list[str]] = []
    paper = docx.Document(io.BytesIO(data))
    for part in paper.iter_inner_content():
        if hasattr(part, "rows"):
            for row in part.rows:
                cells, last = [], None
                for cell in row.cells:
                    if cell._tc is not last:  # a merged cell is given once for each column
                        cells.append(cell.text)
                    last = cell._tc
                found.append(cells)
        elif part.text.strip():
            found.append([part.text])
        if len(found) >= MOST_ROWS:
            break
    return found


def _jinja() -> ImmutableSandboxedEnvironment:
    jinja = ImmutableSandboxedEnvironment(undefined=_Blank, autoescape=True)
    jinja.filters = {name: jinja.filters[name] for name in FILTERS}
    jinja.globals.clear()
    jinja.tests = {}
    return jinja


def _trees(data: bytes) -> Iterator[nodes.Template]:
    """What jinja understands of body, headers and footers, each looked through."""
    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    sources = [template.patch_xml(template.get_xml())]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        sources += [
            template.patch_xml(template.get_part_xml(part))
            for _, part in template.get_headers_footers(uri)
        ]
    core = template.docx.core_properties
    sources += [str(getattr(core, n) or "") for n in ("author", "comments", "subject", "title")]
    jinja = _jinja()
    for source in sources:
        try:
            tree = jinja.parse(source)
        except TemplateError as error:
            raise Unfit(f"模板里的标记写得不对：{_told(error)}") from None
        _look_through(tree)
        yield tree


def _depth(node: nodes.Node) -> int:
    """How many loops lie within one another."""
    below = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return below + isinstance(node, nodes.For)


def _look_through(tree: nodes.Node) -> None:
    if _depth(tree) > MOST_DEEP:
        raise Unfit(f"模板里的循环最多套 {MOST_DEEP} 层。请把它拆成几张表。")
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, LET):
            raise Unfit(
                "模板里有不允许的写法。只能用字段（{{单位}}）、循环（{%tr for 件 in 作品 %}）和"
                "条件（{% if … %}），不能调用函数或引用别的文件。"
            )
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise Unfit(f"模板里的“|{node.name}”不能用。请去掉它。")
        if isinstance(node, nodes.Getattr | nodes.Name):
            name = node.attr if isinstance(node, nodes.Getattr) else node.name
            if name.startswith("__"):
                raise Unfit(f"模板里的“{name[:40]}”不是一个字段名。请去掉它。")
        if isinstance(node, nodes.For) and (
            node.recursive or not isinstance(node.target, nodes.Name)
        ):
            raise Unfit("模板里的循环请写成 {%tr for 件 in 作品 %} … {%tr endfor %}。")


def _paths(node: nodes.Node, bound: Mapping[str, str]) -> list[str]:
    """Paths from the top: what a loop runs through stands for its variable."""
    if isinstance(node, nodes.For):
        assert isinstance(node.target, nodes.Name)
        over = _path(node.iter, bound)
        inside = {**bound, node.target.name: over or "?", "loop": "loop"}
        found = [over] if over else _paths(node.iter, bound)
        for child in (*node.body, *node.else_, *([node.test] if node.test else ())):
            found += _paths(child, inside)
        return found
    path = _path(node, bound)
    if path is not None:
        head, _, rest = path.partition(".")
        return [] if head == "loop" and rest in LOOP else [path]
    return [each for child in node.iter_child_nodes() for each in _paths(child, bound)]


def _path(node: nodes.Node, bound: Mapping[str, str]) -> str | None:
    if isinstance(node, nodes.Name):
        return bound.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node, bound)
        return None if before is None else f"{before}.{node.attr}"
    return None


def _told(error: TemplateError) -> str:
    """jinja's own words with what to do; they are English."""
    return f"{(error.message or '')[:120]}。请检查花括号是否成对、循环是否都有 endfor。"
