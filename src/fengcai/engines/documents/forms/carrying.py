"""What openpyxl does not bring back is carried over from the form itself: pictures, charts, shapes,
drop-down lists that speak of another sheet.

The parts of the form are put beside the sheets that openpyxl wrote, as they are, but for the rows that
were put in: what is anchored below moves down, and ranges grow. What cannot be carried is named
(`lost`), so that a form with it is refused before it loses it. Runs in the child, behind the walls.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree  # type: ignore[import-untyped]

from fengcai.engines.documents.forms.inserting import moved, range_moved
from fengcai.engines.documents.forms.marks import MARK

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = f"{_RELS}/drawing"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_LISTS = "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"
"""The extension with drop-down lists whose values stand in another sheet."""
_AFTER_DRAWING = re.compile(rb"<(?:legacyDrawing|picture|oleObjects|controls|tableParts|extLst)\b")
_LOST = {
    "chartsheet": "独占一张表的图表",
    "ctrlProp": "表单控件（复选框、按钮等）",
    "control": "ActiveX 控件",
    "oleObject": "嵌入的对象",
    "slicer": "切片器",
    "pivotTable": "数据透视表",
}
_LOST_MARKS = {
    b"<legacyDrawingHF": "页眉页脚里的图片",
    b"<picture ": "工作表背景图",
    b":sparklineGroup ": "迷你图",
}
_DEPTH = 6


@dataclass
class Grown:
    """A sheet of the filled workbook: which sheet of the form it was, and the rows put into it."""

    was: str
    now: str
    rows: list[tuple[int, int]] = field(default_factory=list)
    """(after, count), in the order in which they were put in: from below."""


class _Package:
    """The parts of a workbook by name, with what relates them."""

    def __init__(self, data: bytes) -> None:
        with ZipFile(io.BytesIO(data)) as archive:
            self.parts = {each.filename: archive.read(each) for each in archive.infolist()}
        types = _tree(self.parts["[Content_Types].xml"])
        self._defaults = {
            str(each.get("Extension")).lower(): str(each.get("ContentType"))
            for each in types.iter(f"{_TYPES}Default")
        }
        self._overrides = {
            str(each.get("PartName")).lstrip("/"): str(each.get("ContentType"))
            for each in types.iter(f"{_TYPES}Override")
        }

    def type_of(self, part: str) -> str:
        """The content type of a part."""
        ending = part.rsplit(".", 1)[-1].lower()
        return self._overrides.get(part) or self._defaults.get(ending, "application/octet-stream")

    def related(self, part: str) -> list[tuple[str, str, str]]:
        """What a part speaks of, within the package: (id, type, part)."""
        rels = self.parts.get(_rels_of(part))
        if rels is None:
            return []
        found = []
        for each in _tree(rels).iter(_REL):
            if each.get("TargetMode") == "External":
                continue
            target = str(each.get("Target"))
            whole = posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
            name = target.lstrip("/") if target.startswith("/") else whole
            found.append((str(each.get("Id")), str(each.get("Type")), name))
        return found

    def sheets(self) -> dict[str, str]:
        """The worksheets: title → part."""
        parts = {id: part for id, _, part in self.related("xl/workbook.xml")}
        tree = _tree(self.parts["xl/workbook.xml"])
        return {
            str(each.get("name")): parts[str(each.get(f"{{{_RELS}}}id"))]
            for each in tree.iter(f"{_MAIN}sheet")
            if str(each.get(f"{{{_RELS}}}id")) in parts
        }


def lost(data: bytes) -> list[str]:
    """What of a form would not come back from filling, in words; empty where all does."""
    package = _Package(data)
    found = []
    for part in ["xl/workbook.xml", *package.sheets().values()]:
        kinds = {type.rsplit("/", 1)[-1] for _, type, _ in package.related(part)}
        found += [name for kind, name in _LOST.items() if kind in kinds]
        found += [
            name for mark, name in _LOST_MARKS.items() if mark in package.parts.get(part, b"")
        ]
        drawn = [name for _, type, name in package.related(part) if type == _DRAWING]
        if any(_asks(package.parts.get(name, b"")) for name in drawn):
            found.append("文本框或图形里的字段")
    return list(dict.fromkeys(found))


def _asks(drawing: bytes) -> bool:
    """Whether a mark stands in the text of a shape, where nothing is filled in."""
    text = "".join(_tree(drawing).itertext()) if drawing else ""
    return MARK.search(text) is not None


def carried(saved: bytes, form: bytes, sheets: Sequence[Grown]) -> bytes:
    """The workbook that openpyxl saved, with what the form's sheets held besides."""
    source = _Package(form)
    there = source.sheets()
    if not any(_carries(source, there[each.was]) for each in sheets if each.was in there):
        return saved
    target = _Package(saved)
    here = target.sheets()
    new: dict[str, tuple[bytes, str]] = {}
    for number, each in enumerate(sheets, 1):
        old = there.get(each.was)
        if old is None or not _carries(source, old):
            continue
        sheet = here[each.now]
        # References without a sheet's name are meant for this sheet, others for whichever it was.
        titles = {each.was: each.now}
        grown = [one for one in sheets if one.was != each.was] + [each]
        for _, type, part in source.related(old):
            if type == _DRAWING and part in source.parts:
                name = _copied(source, part, number, titles, grown, each, new)
                _hang(target, sheet, name)
        extensions = _extensions(source.parts[old], titles, grown, each)
        if extensions:
            _insert(target, sheet, extensions, at_end=True)
    _declare(target, new)
    return _packed({**target.parts, **{name: content for name, (content, _) in new.items()}})


def _carries(package: _Package, part: str) -> bool:
    drawn = any(type == _DRAWING for _, type, _ in package.related(part))
    return drawn or _LISTS.encode() in package.parts[part].upper()


def _copied(
    source: _Package,
    part: str,
    number: int,
    titles: Mapping[str, str],
    grown: Sequence[Grown],
    own: Grown,
    new: dict[str, tuple[bytes, str]],
    depth: int = 0,
) -> str:
    """Copy a part and all that it speaks of, under names of this sheet; the name of the copy."""
    folder, file = posixpath.split(part)
    shared = "/media/" in part  # a picture is one file, however many sheets show it
    name = part if shared else f"{folder}/form{number}_{file}"
    if name in new or depth > _DEPTH:
        return name
    new[name] = (source.parts[part], source.type_of(part))
    if file.endswith((".xml", ".vml")) and not shared:
        new[name] = (_shifted(source.parts[part], titles, grown, own), source.type_of(part))
    rels = [each for each in source.related(part) if each[2] in source.parts]
    kept = _tree(source.parts[_rels_of(part)]) if rels else None
    if kept is not None:
        names = {
            id: _copied(source, other, number, titles, grown, own, new, depth + 1)
            for id, _, other in rels
        }
        for each in list(kept):
            if each.get("Id") in names:
                each.set("Target", "/" + names[str(each.get("Id"))])
            elif each.get("TargetMode") != "External":
                kept.remove(each)
        new[_rels_of(name)] = (_text(kept), "")
    return name


def _shifted(
    content: bytes, titles: Mapping[str, str], grown: Sequence[Grown], own: Grown
) -> bytes:
    """A drawing or a chart after rows were put in: anchors, and the ranges that a chart shows. What a
    chart remembers of its values is the form's, not those that were filled in: it is let go."""
    tree = _tree(content)
    for corner in ("from", "to"):
        for row in tree.iterfind(f".//{_XDR}{corner}/{_XDR}row"):
            row.text = str(_row(int(row.text or 0) + 1, own) - 1)
    for each in list(tree.iter()):
        if not isinstance(each.tag, str):
            continue
        plain = etree.QName(each).localname
        if plain == "f" and each.text:
            each.text = _formula(each.text, titles, grown, own)
        elif plain in ("numCache", "strCache", "multiLvlStrCache") and each.getparent() is not None:
            each.getparent().remove(each)
    return _text(tree)


def _row(row: int, own: Grown) -> int:
    for after, count in own.rows:
        row += count if row > after else 0
    return row


def _formula(text: str, titles: Mapping[str, str], grown: Iterable[Grown], own: Grown) -> str:
    """A formula as it reads after the rows were put in and the sheet has its new name."""
    for each in grown:
        for after, count in each.rows:
            told = moved(f"={text}", title=each.was, here=each is own, after=after, count=count)
            text = told[1:]
    for was, now in titles.items():
        if was != now:
            for written in (f"'{was.replace(chr(39), chr(39) * 2)}'!", f"{was}!"):
                text = text.replace(written, f"'{now.replace(chr(39), chr(39) * 2)}'!")
    return text


def _extensions(
    sheet: bytes, titles: Mapping[str, str], grown: Sequence[Grown], own: Grown
) -> bytes:
    """The extensions of a sheet that openpyxl drops, moved with the rows; b"" for none."""
    lists = _tree(sheet).findall(f"{_MAIN}extLst")
    kept = [each for one in lists for each in one if str(each.get("uri")).upper() == _LISTS]
    if not kept:
        return b""
    whole = etree.Element(f"{_MAIN}extLst", nsmap={None: _MAIN.strip("{}")})
    for each in kept:
        for one in each.iter(f"{_XM}f"):
            one.text = _formula(one.text or "", titles, grown, own)
        for one in each.iter(f"{_XM}sqref"):
            ranges = (one.text or "").split()
            for after, count in own.rows:
                ranges = [range_moved(text, after, count) for text in ranges]
            one.text = " ".join(ranges)
        whole.append(each)
    return etree.tostring(whole, encoding="utf-8")


def _hang(target: _Package, sheet: str, drawing: str) -> None:
    """Have a sheet show a drawing."""
    path = _rels_of(sheet)
    empty = f'<Relationships xmlns="{_REL[1:].split("}", maxsplit=1)[0]}"/>'.encode()
    rels = _tree(target.parts.get(path, empty))
    etree.SubElement(rels, _REL, Id="formDrawing", Type=_DRAWING, Target=f"/{drawing}")
    target.parts[path] = _text(rels)
    _insert(target, sheet, f'<drawing xmlns:r="{_RELS}" r:id="formDrawing"/>'.encode())


def _insert(target: _Package, sheet: str, element: bytes, *, at_end: bool = False) -> None:
    """Put an element where the order of a worksheet's parts wants it."""
    content = target.parts[sheet]
    end = content.rindex(b"</worksheet>")
    rows = max(content.find(b"</sheetData>"), content.find(b"<sheetData/>"), 0)
    found = None if at_end else _AFTER_DRAWING.search(content, rows)
    place = found.start() if found else end
    target.parts[sheet] = content[:place] + element + content[place:]


def _declare(target: _Package, new: Mapping[str, tuple[bytes, str]]) -> None:
    types = _tree(target.parts["[Content_Types].xml"])
    for name, (_, type) in new.items():
        if type:
            etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{name}", ContentType=type)
    target.parts["[Content_Types].xml"] = _text(types)


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _rels_of(part: str) -> str:
    folder, file = posixpath.split(part)
    return f"{folder}/_rels/{file}.rels"


def _tree(content: bytes) -> Any:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _text(tree: Any) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
