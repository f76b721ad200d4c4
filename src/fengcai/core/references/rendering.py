"""A reference written out in the manner of GB/T 7714—2015, as far as its parts go."""

from __future__ import annotations

from .numbers import doi_of, doi_problem
from .reference import Reference

_MARKS = {"article": "J", "book": "M", "standard": "S", "web": "EB"}


def rendered(each: Reference) -> str:
    """`张三, 李四. 题名[J]. 刊名, 2025, 39(4): 201-206. DOI:10.1000/abc.`"""
    if each.kind == "other" or not each.kind_name:
        return _joined([each.authors, each.title, _comma(each.source, each.year), *_where(each)])
    online = bool(each.url) or each.kind == "web"
    mark = _MARKS.get(each.kind) or ("J" if each.locator or each.issn else "Z")
    title = f"{each.title}: {each.number}" if each.number else each.title
    title += f"[{mark}/OL]" if online else f"[{mark}]"
    # A book's pages follow a colon, a journal's volume a comma.
    pages = f": {each.locator}" if each.kind == "book" and each.locator else ""
    out = _comma(each.source, each.year, "" if each.kind == "book" else each.locator) + pages
    seen = f"[{each.accessed}]" if each.accessed else ""
    return _joined([each.authors, title, f"{out}{seen}", *_where(each)])


def _where(each: Reference) -> list[str]:
    doi = each.doi and not doi_problem(each.doi)
    return [each.url, f"DOI:{doi_of(each.doi)}" if doi else ""]


def _comma(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _joined(parts: list[str]) -> str:
    said = [part.strip().rstrip(".") for part in parts if part.strip()]
    return ". ".join(said) + "." if said else ""
