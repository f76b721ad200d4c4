"""Carrying out the filling of forms: a zip of all, or one file. Memory holds one form at a time."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from fengcai.apps.exchange.forms import MOST_FORMS, Form, forms_for, template_bytes
from fengcai.apps.exchange.models import Filling
from fengcai.apps.exchange.naming import Names, fit
from fengcai.engines import storage
from fengcai.engines.documents import forms as engine
from fengcai.engines.documents.forms import FormRefused

STEP = 50


@dataclass(frozen=True)
class Made:
    """The file that came of it, in a scratch folder, with its name."""

    path: Path
    filename: str
    count: int


def make(filling: Filling, at: datetime, tell: Callable[[float, str], None]) -> Made:
    """Fill all forms into one file. Raises FormRefused, with nothing kept."""
    row = filling.template
    every = list(forms_for(row, filling.chosen, at))
    if not every or not every[0].context.get("作品", True):
        raise FormRefused("选中的作品一件也没有，没有填写。")
    if len(every) > MOST_FORMS:
        raise FormRefused(f"要填 {len(every)} 份，一次最多 {MOST_FORMS} 份。请用筛选分几次。")
    data = template_bytes(row)
    path = storage.scratch_directory() / f"{uuid4().hex}.form"
    try:
        if len(every) == 1 and not filling.chosen.get("together"):
            (filled,) = engine.fill(data, row.filename, [every[0].context])
            path.write_bytes(filled)
            return Made(path, f"{fit(every[0].name)}.{row.kind}", 1)
        if filling.chosen.get("together"):
            names = [_short(form, row.name) for form in every]
            (filled,) = engine.fill(
                data, row.filename, [form.context for form in every], together=names
            )
            path.write_bytes(filled)
            return Made(path, f"{fit(row.name)}.{row.kind}", len(every))
        _zip(path, _filled(data, row.filename, every, tell), row.kind)
        return Made(path, f"{fit(row.name)}.zip", len(every))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _filled(
    data: bytes, filename: str, every: list[Form], tell: Callable[[float, str], None]
) -> Iterator[tuple[Form, bytes]]:
    for start in range(0, len(every), STEP):
        some = every[start : start + STEP]
        tell(start / len(every), f"正在填第 {start + 1} / {len(every)} 份")
        yield from zip(some, engine.fill(data, filename, [f.context for f in some]), strict=True)


def _zip(path: Path, filled: Iterator[tuple[Form, bytes]], kind: str) -> None:
    names = Names()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for form, data in filled:
            archive.writestr(names.give(form.name, f".{kind}"), data)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _short(form: Form, name: str) -> str:
    return form.name.removeprefix(name).strip() or name
