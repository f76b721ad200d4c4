"""What is signed at a step: declarations, and what of novelty and qualification is only promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fengcai.apps.contests.naming import plain
from fengcai.apps.entries.scope import Scope
from fengcai.core.rulebook import Citation

NOVELTY = "novelty-"
QUALIFICATION = "qualification-"

SIGNATORIES = {
    "author": "作者",
    "unit": "报送单位",
    "head": "单位负责人",
    "judge": "评委",
    "person_shown": "出镜者",
    "guardian": "监护人",
    "instructor": "指导教师",
}
OTHERS = frozenset({"person_shown", "guardian", "instructor"})
"""Signatories who are not at the keyboard: their own names are asked for."""


@dataclass(frozen=True)
class Promise:
    """One thing to be signed. `evidence` as in the rules; `slot` is where its scan belongs."""

    id: str
    text: str
    signatory: str
    evidence: str
    slot: str | None
    cite: Citation
    answer: str | None
    extent: str = ""
    """The bounds of a licence in words: term, territory, whether it can be taken back."""

    @property
    def who(self) -> str:
        """The signatory in Chinese."""
        return SIGNATORIES.get(self.signatory, self.signatory)

    @property
    def own_name(self) -> bool:
        """Whether a name of its own is typed for it, beside that of the person at the keyboard."""
        return self.evidence == "e_sign" and self.signatory in OTHERS

    @property
    def ticked(self) -> bool:
        """Whether it is ticked on the page; a signed scan speaks for itself."""
        return self.evidence != "signed_scan"


def promises(scope: Scope, when: str) -> tuple[Promise, ...]:
    """Everything that is signed for this entry at this step, in the order of the rules."""
    found = [
        Promise(
            id=each.id,
            text=each.text,
            signatory=each.signatory,
            evidence=each.evidence,
            slot=each.slot,
            cite=each.cite,
            answer=each.answer,
            extent=_extent(each.term, each.territory, each.revocable),
        )
        for each in scope.declarations(when)
    ]
    if when != "submit":
        return tuple(found)
    found += [
        Promise(f"{NOVELTY}{n.id}", n.text, "author", "tick", None, n.cite, n.answer)
        for n in scope.novelty
        if n.checked_by == "declaration" or (n.checked_by == "form" and _only_promised(n))
    ]
    found += [
        Promise(f"{QUALIFICATION}{q.id}", q.text, "unit", "tick", None, q.cite, q.answer)
        for q in scope.qualifications
        if q.checked_by == "declaration" or (q.checked_by == "form" and q.ages is None)
    ]
    return tuple(found)


def unsigned(
    wanted: Collection[Promise],
    *,
    declared: Collection[str],
    signed_name: str,
    signers: Mapping[str, str],
    filled: Collection[str],
) -> dict[str, str]:
    """What of `wanted` is not shown as the rules ask, by the place on the form.

    `filled` are the slots that hold something: a signed scan is looked for there.
    """
    missing: dict[str, str] = {}
    for promise in wanted:
        place = f"declaration-{promise.id}"
        if not promise.ticked:
            if promise.slot and promise.slot not in filled:
                missing[place] = f"请上传签好字的扫描件（{promise.who}签署）"
        elif promise.id not in declared:
            missing[place] = (
                "请确认原件已由本单位留存，并勾选"
                if promise.evidence == "kept_by_unit"
                else "请阅读并勾选这一项承诺"
            )
        elif promise.own_name and not plain(signers.get(promise.id, "")):
            missing[place] = f"请由{promise.who}本人输入姓名签署"
    if any(each.ticked for each in wanted) and not plain(signed_name):
        missing["signed_name"] = "请填写承诺人姓名"
    return missing


def _only_promised(novelty: object) -> bool:
    """Kinds that a form has nothing to measure of: that a work was nowhere seen can only be said."""
    kind, proof = getattr(novelty, "kind", ""), getattr(novelty, "proof", None)
    return kind == "unpublished" or (kind == "published_required" and proof is None)


def _extent(term: str | None, territory: str | None, revocable: bool | None) -> str:
    said = [f"期限：{term}"] if term else []
    said += [f"范围：{territory}"] if territory else []
    if revocable is not None:
        said.append("可以撤回" if revocable else "签署后不可撤回")
    return "；".join(said)
