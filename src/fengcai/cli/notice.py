"""`fengcai notice`: a rulebook draft from a notice in docx, PDF, HTML or plain text.

Reads a file and prints; what is found is decided in `core.notice`. It stores nothing. A language
model is asked only when FENGCAI_NOTICE_MODEL_URL is set, and drafting goes on without its answer.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from fengcai.cli.errors import Failure
from fengcai.core.notice import Draft, Suggestion, draft, sentences
from fengcai.media.documents import Document, read

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="从通知草拟规则书"
)
SLUG = re.compile(r"[a-z][a-z0-9-]*")


@app.callback()
def notice() -> None:
    """从通知草拟规则书。"""


@app.command("draft", help="读通知（docx、有文字的 PDF、网页、txt），草拟规则书")
def draft_command(
    file: Annotated[Path, typer.Argument(metavar="通知", help="通知文件")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="规则书", help="写到这个文件；不写则输出到屏幕"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON：每条建议的位置、值、原文和把握")
    ] = False,
    id: Annotated[
        str,
        typer.Option("--id", metavar="代号", help="规则书的代号，如 film-2026；不写则取自文件名"),
    ] = "",
    year: Annotated[
        int | None,
        typer.Option("--year", metavar="年份", help="通知全文没有写年份时用", min=1990, max=2100),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="规则书文件已在时覆盖它")] = False,
) -> int:
    """Exit 0 when a draft was made (open questions are no fault), 1 when the file cannot be read."""
    if id and not SLUG.fullmatch(id):
        raise Failure(
            f"代号“{id}”不能用",
            mend="代号以小写英文字母开头，只用小写字母、数字和短横线，如 film-2026",
            code=2,
        )
    if out is not None and out.exists() and not force:
        raise Failure("规则书文件已在，没有覆盖", where=str(out), mend="换一个文件名，或加 --force")
    document = read(file)
    extra, warnings = _suggestions(document)
    found = draft(document.paragraphs, id=id or _slug(file), year=year, extra=extra)
    if out is not None:
        out.write_text(found.yaml_text, encoding="utf-8")
    if as_json:
        report = _report(found, document, warnings)
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif out is None:
        typer.echo(found.yaml_text, nl=False)
    for line in (*document.warnings, *warnings, *found.remarks):
        typer.echo(f"! {line}", err=True)
    typer.echo(_summary(found, out), err=True)
    return 0


def _slug(file: Path) -> str:
    """The file's name as an id; a name without Latin letters gives `draft`."""
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    return name if SLUG.fullmatch(name) else f"draft-{name}".rstrip("-")


def _suggestions(document: Document) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
    """A model's suggestions where one is configured; why there are none otherwise."""
    configuration = import_module("fengcai.project.configuration").Configuration()
    if not configuration.notice_model_url:
        return (), ()
    # The client is loaded only for those who use it.
    from fengcai.engines.suggestions import Endpoint, SuggestionsFailed, ask

    endpoint = Endpoint(
        configuration.notice_model_url, configuration.notice_model, configuration.notice_model_key
    )
    try:
        return ask(endpoint, sentences(document.paragraphs)), ()
    except SuggestionsFailed as error:
        return (), (str(error),)


def _summary(found: Draft, out: Path | None) -> str:
    doubtful = sum(each.confidence < 0.8 for each in found.proposals)
    where = f"，已写到 {out}" if out is not None else ""
    return (
        f"{found.title}：找到 {len(found.proposals)} 处（{doubtful} 处把握不大，标着“请核对”），"
        f"{len(found.questions)} 个问题待明确{where}。请逐条对照通知后再用。"
    )


def _report(found: Draft, document: Document, warnings: tuple[str, ...]) -> dict[str, Any]:
    return {
        "title": found.title,
        "file": document.name,
        "kind": document.kind,
        "proposals": [
            {
                "path": ".".join(each.path),
                "value": [*each.value] if isinstance(each.value, tuple) else each.value,
                "section": each.cite.section,
                "words": each.cite.words,
                "sentence": found.sentences[each.sentence].text,
                "paragraph": found.sentences[each.sentence].paragraph,
                "page": found.sentences[each.sentence].page,
                "confidence": each.confidence,
                "note": each.note,
                "source": each.source,
            }
            for each in found.proposals
        ],
        "questions": [{"id": each.id, **each.as_tree()} for each in found.questions],
        "remarks": [*found.remarks],
        "warnings": [*document.warnings, *warnings],
        "rulebook": found.yaml_text,
    }
