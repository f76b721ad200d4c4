"""Gaps in what the people on screen sign: uses, term, ways, and the step that waits for it.

Asks for what the language needs and the notice does not say; a notice that only mentions portraits is
asked whether it wants releases at all.
"""

from __future__ import annotations

from typing import Any

from fengcai.core.notice.on_screen import mentioned
from fengcai.core.notice.text import str_of

from .frame import Frame

EVERYBODY = ["patient", "family", "staff", "other"]
MEANINGS = {
    "who": "哪些出镜人员要签（patient 患者、family 家属、staff 医务人员、other 其他）",
    "purposes": "同意哪些用途（judging 评审、site 活动网站、channels 新媒体、upper 报送上级、media 其他媒体）",
    "needed_for": "没有签齐时挡住哪一步（submission 提交、publication 公开展播、nothing 只作提示）",
    "months": "同意书的期限（几个月，整数）",
    "evidence": "可以怎样签（e_sign 手机签、signed_scan 扫描件、kept_by_unit 单位留存）",
}
ALSO = (
    "没有期限的肖像许可随时可以解除（民法典第一千零二十二条）；公开、交给上级活动须分别单独同意"
    "（个人信息保护法第二十五条、第二十三条）；未成年人由监护人签。"
)
USES = ["judging", "site", "channels"]
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "sign_each": (
        "每位出镜人在手机上签，或上传本人签好的扫描件；没有签齐不公开展播",
        {"purposes": USES, "needed_for": "publication", "months": 36,
         "evidence": ["e_sign", "signed_scan"]},
    ),
    "before_submission": (
        "同上，但没有签齐不能提交",
        {"purposes": USES, "needed_for": "submission", "months": 36,
         "evidence": ["e_sign", "signed_scan"]},
    ),
    "kept": (
        "也可以由报送单位留存原件备查；没有签齐不公开展播",
        {"purposes": USES, "needed_for": "publication", "months": 36,
         "evidence": ["e_sign", "signed_scan", "kept_by_unit"]},
    ),
}  # fmt: skip


def releases(frame: Frame) -> None:
    """What the release of the people on screen lacks, or whether there is to be one."""
    asked = frame.tree.get("releases", {}).get("on_screen")
    if asked is not None:
        _rest(frame, asked)
        return
    sentence = mentioned(frame.found)
    if sentence is None:
        return
    cite = sentence.cite()
    options: dict[str, tuple[str, dict[str, Any]]] = {
        "none": ("不逐人签署，由报送单位自行负责", {"on_screen": "不设"}),
        **{
            id: (means, {"on_screen": {"who": EVERYBODY, **sets, "cite": str_of(cite)}})
            for id, (means, sets) in WAYS.items()
        },
    }
    frame.node("releases").update(
        frame.asking.ask(
            "releases",
            "通知提到肖像，没有写出镜人员要不要逐人签同意书。要不要？",
            "opening",
            {"on_screen": "同意书的要求（who、purposes、needed_for、months、evidence、cite），不要的写“不设”"},
            options,
            cite,
            ALSO,
        )
    )  # fmt: skip


def _rest(frame: Frame, asked: dict[str, Any]) -> None:
    missing = {name: what for name, what in MEANINGS.items() if name not in asked}
    options = {id: (means, {"who": EVERYBODY, **sets}) for id, (means, sets) in WAYS.items()}
    gaps = frame.asking.ask(
        "releases",
        "出镜人员的同意书同意到什么用途、多久、怎样签，缺了挡住哪一步？",
        "opening",
        missing,
        options,
        frame.cite("releases", "on_screen"),
        ALSO,
    )
    asked |= gaps
