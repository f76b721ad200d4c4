"""The text of a release as the signer reads it: who asks, what for, how long, which rights.

What 个人信息保护法 §17 wants told is told: who handles it, why, what, how long, which rights and how. It
is text, not markup; the page and the PDF set it. Every wording has its `EDITION`, kept with each release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .terms import ON_SCREEN, PURPOSES, Age, Capacity, Purpose

EDITION = "2026-1"


@dataclass(frozen=True, slots=True)
class Handler:
    """Who asks: the organisers, the unit that made the work, and whom to call or write to."""

    contest: str
    organisers: tuple[str, ...]
    unit: str
    contact: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a release is of, in which work, who signs it as what."""

    name: str
    role: str
    age: Age
    capacity: Capacity
    guardian: str
    work: str
    where: str = ""


def statement(
    handler: Handler,
    subject: Subject,
    *,
    purposes: Sequence[Purpose],
    months: int,
    own_words: Sequence[str] = (),
) -> str:
    """The release, paragraph by paragraph, joined by line breaks.

    `months` is its term; `own_words` are the organiser's, as the rulebook has them. Each use that is
    named here is agreed to or not by a tick of its own.
    """
    guarded = subject.capacity == "guardian"
    you = "被监护人" if guarded else "您"
    organisers = "、".join(handler.organisers) or handler.unit
    where = f"（{subject.where}）" if subject.where else ""
    kinds = "肖像、声音"
    kinds += "，以及作品中出现的健康信息" if subject.role in ("patient", "family") else ""
    paragraphs = [
        (
            f"{handler.unit}制作的作品《{subject.work}》参加{handler.contest}。"
            f"{_who(subject)}以“{ON_SCREEN[subject.role]}”身份在作品中出镜{where}，现请"
            f"{'监护人' if guarded else '本人'}决定是否同意。"
        ),
        f"一、谁来使用：{organisers}（活动主办方）和{handler.unit}（作品报送单位）。",
        f"二、用到什么：{you}在作品中的{kinds}。",
        "三、用在哪里："
        + "；".join(f"{PURPOSES[use][0]}（{PURPOSES[use][1]}）" for use in purposes)
        + "。每一项分别选择，不同意的不用；其中公开使用和提供给上级赛事，须单独同意"
        "（个人信息保护法第二十三条、第二十五条）。",
        f"四、用多久：自签署之日起 {months} 个月；到期后不再新增展播，活动网站上的作品同时撤下。",
        (
            f"五、{you}的权利：随时可以撤回同意，打开签署时的同一个链接即可，不需要理由；撤回后作品立即从活动"
            "网站撤下，撤回前已经进行的使用不受影响。还可以查阅、复制、更正、删除相关信息。不同意或撤回，"
            "不影响就诊、治疗、工作和任何其他权益。"
        ),
        "六、报酬：本次出镜和使用不支付报酬，另有约定的从其约定。",
    ]
    if subject.role in ("patient", "family"):
        paragraphs.append(
            "七、敏感信息：健康信息属于敏感个人信息，泄露可能损害人格尊严。只有作品讲述这段经历确有需要时"
            "才会用到，姓名、证件号、病历号等一律遮去（个人信息保护法第二十八条至第三十条）。"
        )
    if subject.age == "child":
        paragraphs.append(
            "关于不满 14 周岁的未成年人：其个人信息是敏感个人信息，由父母或其他监护人同意后才处理，"
            "只由活动工作人员中必要的人接触，监护人可以随时要求查阅、更正或删除"
            "（个人信息保护法第三十一条）。"
        )
    if subject.age == "teen":
        paragraphs.append(
            "关于 14 至 17 周岁的未成年人：由本人签署，并由监护人另行签署同意，两份都在才生效"
            "（民法典第十九条）。"
        )
    if subject.age == "incapable":
        paragraphs.append(
            "关于不能辨认自己行为的成年人：由其监护人代为签署（民法典第二十一条、第二十八条）。"
        )
    paragraphs += [f"主办方说明：{words}" for words in own_words]
    paragraphs.append(f"联系：{handler.contact or handler.unit}。")
    return "\n".join(paragraphs)


def _who(subject: Subject) -> str:
    if subject.capacity == "guardian":
        return f"{subject.name}（监护人：{subject.guardian or '请在签署时写明'}）"
    return subject.name
