"""`fengcai rulebook`: check, explain and describe the file that holds a contest's rules.

It reads files and prints; what is right or wrong is decided in `core.rulebook`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from fengcai.cli.errors import Failure
from fengcai.core.notice import Coverage, coverage
from fengcai.core.rulebook import (
    Answers,
    Problem,
    Question,
    Rulebook,
    RulebookError,
    check,
    explain,
    no_answers,
    open_questions,
    parse,
    parse_answers,
    resolve,
    schema,
)
from fengcai.media.documents import read

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="检查、解释规则书"
)

File = Annotated[Path, typer.Argument(metavar="规则书", help="规则书文件（YAML）")]
AnswersFile = Annotated[
    Path | None, typer.Option("--answers", metavar="答复", help="对待明确问题的答复（YAML）")
]

BLOCKS = {"opening": "开放报送", "judging": "评审", "awards": "评奖", "publication": "公布结果"}


@app.command("check", help="检查规则书：格式、引用、算术；列出待明确的问题")
def check_command(
    file: File,
    answers: AnswersFile = None,
    coverage_of: Annotated[
        Path | None,
        typer.Option("--coverage", metavar="通知", help="对照通知，列出没有规则引用的句子"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> int:
    """Exit 0 when nothing is wrong (open questions are not wrong), 1 otherwise.

    With `--coverage` a sentence that nothing speaks of, or a lost citation, is wrong too.
    """
    problems: tuple[Problem, ...]
    waiting: tuple[Question, ...] = ()
    fingerprint = ""
    covered: Coverage | None = None
    try:
        book = _book(file)
        given = _answers(book, answers)
        problems = check(book, given)
        if coverage_of is not None:
            covered = coverage(book, read(coverage_of).paragraphs)
        waiting = open_questions(book, given)
        if not problems and not waiting:
            fingerprint = resolve(book, given).hash
    except RulebookError as error:
        problems = error.problems
    if as_json:
        typer.echo(
            json.dumps(
                _report(problems, waiting, fingerprint)
                | ({"coverage": _covered_report(covered)} if covered else {}),
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        _tell(file, problems, waiting, fingerprint)
        if covered:
            _tell_coverage(covered)
    passed_over = covered is not None and bool(covered.uncovered or covered.lost)
    return 1 if problems or passed_over else 0


@app.command("explain", help="用平实的中文逐条说明规则书，每条注明出处")
def explain_command(file: File, answers: AnswersFile = None) -> int:
    """Print every rule under its chapter; exit 1 when the file cannot be read."""
    try:
        book = _book(file)
        rules = explain(book, _answers(book, answers))
    except RulebookError as error:
        _tell(file, error.problems, (), "")
        return 1
    typer.echo(book.book.title)
    chapter = ""
    for rule in rules:
        if rule.section != chapter:
            chapter = rule.section
            typer.echo(f"\n【{chapter}】")
        behind = f"，由问题 {rule.answer} 的答复确定" if rule.answer else ""
        typer.echo(f"· {rule.text}\n    依据：{rule.cite}{behind}")
    return 0


@app.command("schema", help="输出规则书的 JSON Schema，供编辑器补全和检查")
def schema_command(
    answers: Annotated[bool, typer.Option("--answers", help="改为答复文件的格式")] = False,
) -> int:
    """Print the JSON Schema; always exit 0."""
    typer.echo(json.dumps(schema(answers=answers), ensure_ascii=False, indent=2))
    return 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Failure(
            f"文件不是 UTF-8 文本（第 {error.start + 1} 字节起读不出）",
            where=str(file),
            mend="另存为 UTF-8 后再试",
        ) from error


def _book(file: Path) -> Rulebook:
    return parse(_read(file), name=file.name)


def _answers(book: Rulebook, file: Path | None) -> Answers:
    return no_answers(book.id) if file is None else parse_answers(_read(file), name=file.name)


def _report(
    problems: tuple[Problem, ...], waiting: tuple[Question, ...], fingerprint: str
) -> dict[str, Any]:
    rows = [asdict(each) for each in problems]
    for row, each in zip(rows, problems, strict=True):
        row["cite"] = each.cite and each.cite.model_dump()
    return {
        "valid": not problems,
        "problems": rows,
        "open_questions": [each.model_dump(mode="json") for each in waiting],
        "hash": fingerprint or None,
    }


def _tell(
    file: Path, problems: tuple[Problem, ...], waiting: tuple[Question, ...], fingerprint: str
) -> None:
    for problem in problems:
        behind = f"（依据 {problem.cite}）" if problem.cite else ""
        typer.echo(f"✗ {problem}{behind}")
    for question in waiting:
        typer.echo(
            f"? {question.id}（{BLOCKS[question.blocks]}前须答复）{question.ask} ←{question.cite}"
        )
    if problems:
        typer.echo(f"{file.name}：{len(problems)} 处有误，请改好后再检查。")
    elif waiting:
        typer.echo(f"{file.name}：没有错误；还有 {len(waiting)} 个问题待明确，答复后才能开放。")
    else:
        typer.echo(f"{file.name}：没有错误，没有待明确的问题。规则指纹 {fingerprint}")


def _tell_coverage(covered: Coverage) -> None:
    """The sentences that nothing speaks of, the reasons for those that set no rule, the sums."""
    for each in covered.sentences:
        if each.by == "background":
            typer.echo(
                f"· 不设规则：{each.why}  ←{each.sentence.section}“{_brief(each.sentence.text)}”"
            )
    for lost in covered.lost:
        typer.echo(
            f"✗ 第 {lost.line} 行（{lost.path}）引的“{lost.cite}”不在通知里。请照通知改写出处。"
        )
    for sentence in covered.uncovered:
        typer.echo(
            f"✗ 没有规则引用：{sentence.section}“{sentence.text}”。"
            "请补上规则，或在 background 里写明为什么不设规则。"
        )
    typer.echo(
        f"通知共 {len(covered.sentences)} 句：规则引用 {covered.count('rule')}，"
        f"列为问题 {covered.count('question')}，不设规则 {covered.count('background')}，"
        f"标题 {covered.count('heading')}，遗漏 {covered.count('nothing')}。"
    )


def _brief(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"


def _covered_report(covered: Coverage) -> dict[str, Any]:
    return {
        "sentences": [
            {
                "section": each.sentence.section,
                "text": each.sentence.text,
                "paragraph": each.sentence.paragraph,
                "page": each.sentence.page,
                "by": each.by,
                "paths": [*each.paths],
                "why": each.why,
            }
            for each in covered.sentences
        ],
        "uncovered": [each.text for each in covered.uncovered],
        "lost": [asdict(each) for each in covered.lost],
    }
