"""From a notice to a draft rulebook: run the finders, take suggestions, put the file together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .assembly import assemble
from .course import find_course
from .entrants import find_entrants
from .gathering import Gathering, Proposal
from .head import find_head
from .judging import find_judging
from .on_screen import find_on_screen
from .prizes import find_prizes
from .questions import OpenQuestion
from .rest import find_rest
from .suggestions import Suggestion, take
from .text import HasText, Sentence
from .works import find_works
from .writing import write

DOUBT = 0.8
MOST = 200_000
HEAD = """由通知草拟的规则书：{title}
每条规则后的 cite 是它在通知里的出处；“待明确 Q1.…”表示通知没有写，由文末的问题来定。
标着“请核对”的一行把握不大。草稿不能代替人看：请逐条对照通知后再用。
{remarks}"""


class NoNotice(ValueError):
    """What was given cannot be a notice; one Chinese sentence with what to do."""


@dataclass(frozen=True)
class Draft:
    """What was found in a notice.

    `yaml_text` is a whole rulebook that `core.rulebook.parse` reads; `proposals` are its values,
    each with its sentence (an index into `sentences`) and confidence; `questions` are its gaps;
    `remarks` are Chinese sentences on arithmetic and on refused suggestions.
    """

    title: str
    proposals: tuple[Proposal, ...]
    questions: tuple[OpenQuestion, ...]
    yaml_text: str
    sentences: tuple[Sentence, ...]
    remarks: tuple[str, ...]


def draft(
    notice: str | Sequence[HasText],
    *,
    id: str,
    year: int | None = None,
    extra: Sequence[Suggestion] = (),
) -> Draft:
    """Draft a rulebook from a notice.

    `notice` is text (a paragraph on each line) or paragraphs; `id` becomes the rulebook's id
    (lower-case letters, digits, hyphens); `year` is used for dates without a year where the notice
    itself gives none; `extra` are a model's suggestions, each of which is kept only when the words
    that it quotes stand in the notice. Raises NoNotice when there is no text, or far too much.
    """
    size = len(notice) if isinstance(notice, str) else sum(len(each.text) for each in notice)
    if size > MOST:
        raise NoNotice(f"这份文件有 {size} 字，不像是一份通知。请只保留通知正文和附件。")
    found = Gathering(notice, year)
    if not found.all:
        raise NoNotice("通知里没有文字。请换一份有文字的通知。")
    if not found.title:
        found.remarks.append("没有找到通知的标题（“关于……的通知”一类），这份文件可能不是通知。")
    for finder in (find_head, find_entrants, find_works, find_course, find_judging, find_prizes):
        finder(found)
    take(found, extra)
    find_rest(found)
    find_on_screen(found)
    tree, questions = assemble(found, id)
    remarks = tuple(found.remarks)
    title = str(tree["title"])
    doubtful = _doubts(tuple(found.found.values()))
    text = write(tree, head=HEAD.format(title=title, remarks="\n".join(remarks)), remarks=doubtful)
    return Draft(title, tuple(found.found.values()), questions, text, found.all, remarks)


def _doubts(proposals: Sequence[Proposal]) -> dict[tuple[str | int, ...], str]:
    """Remarks beside lines that need a look."""
    return {
        tuple(int(step[1:]) if step.startswith("#") else step for step in each.path):
            f"请核对{'（模型建议）' if each.source == 'model' else ''}{'：' + each.note if each.note else ''}"
        for each in proposals if each.confidence < DOUBT or each.note or each.source == "model"
    }  # fmt: skip
