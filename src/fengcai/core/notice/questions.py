"""What a notice of this genre usually leaves open, asked with the usual answers.

Each question fills gaps of the draft by name. Options hold only answers that organisers commonly
give; none of them is chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fengcai.core.rulebook import Citation

Blocks = Literal["opening", "judging", "awards", "publication"]


@dataclass
class OpenQuestion:
    """A question as the rulebook's file has it; `options` is id → (meaning, name → value)."""

    id: str
    ask: str
    cite: Citation
    blocks: Blocks
    options: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    free: dict[str, str] = field(default_factory=dict)
    also: str = ""

    def as_tree(self) -> dict[str, Any]:
        """As it is written in the file."""
        tree: dict[str, Any] = {"ask": self.ask}
        if self.also:
            tree["also"] = self.also
        tree |= {"cite": f"{self.cite.section} {self.cite.words}", "blocks": self.blocks}
        if self.options:
            tree["options"] = {
                id: {"means": means, "sets": sets} for id, (means, sets) in self.options.items()
            }
        return {**tree, "free": self.free}


class Asking:
    """The questions of one draft, numbered as they are asked."""

    def __init__(self, cite: Citation) -> None:
        self.cite = cite  # where the notice should have said it: its title
        self.asked: dict[str, OpenQuestion] = {}

    def ask(
        self,
        key: str,
        ask: str,
        blocks: Blocks,
        free: Mapping[str, str],
        options: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
        cite: Citation | None = None,
        also: str = "",
    ) -> dict[str, str]:
        """Ask once per `key`; returns the gap to write for each name.

        An option is offered only when it fills every name, so that choosing it answers the whole.
        """
        if key not in self.asked:
            whole = {
                id: (means, {name: sets[name] for name in free})
                for id, (means, sets) in (options or {}).items() if set(free) <= set(sets)
            }  # fmt: skip
            self.asked[key] = OpenQuestion(
                f"Q{len(self.asked) + 1}", ask, cite or self.cite, blocks, whole, dict(free), also
            )
        id = self.asked[key].id
        return {name: f"待明确 {id}.{name}" for name in free}


MEANINGS = {
    "opens": "何时开始（日期和钟点）", "closes": "何时截止（日期和钟点）",
    "inclusive": "截止的那一刻是否算按时（是/否）",
    "basis": "以什么为准（server_received 服务器收到、mail_date 邮件日期、post_mark 邮戳、paper_arrival 纸质送达）",
    "late": "逾期怎么办（reject 不收、mark 收下注明、allow 照收）",
    "begun_counts": "截止前开始上传、截止后传完是否算按时（是/否）",
    "panel": "由谁评（评委会的名称）", "min_judges": "每件作品至少几位评委打分",
    "recuse_own_unit": "评委是否回避本单位作品（是/否）", "scheme": "评分办法（criteria、total、aggregate …）",
    "advance": "怎样确定进入下一轮的作品（by、number、base、cite）",
    "points": "每个评分项的满分", "weight": "每个评分项的权重", "step": "打分的档距", "min": "每个评分项的最低分",
    "total": "总分", "aggregate": "合分方法（mean 平均、median 中位数、trimmed_mean 去高低分后平均）",
    "drop_high": "去掉几个最高分", "drop_low": "去掉几个最低分",
    "drop_only_if_at_least": "至少有几份有效评分才去高低分", "rounding_places": "最后保留几位小数",
    "rounding_mode": "舍入方法（half_up 四舍五入、half_even 银行家舍入）", "tie_break": "并列时依次比较什么",
    "accept": "接受哪些文件格式（后缀）", "min_files": "最少几个文件", "max_files": "最多几个文件",
    "max_size": "单个文件最大多大（例如 4 GB）", "kind": "文件的种类（video、audio、image、document …）",
}  # fmt: skip
