"""The report of one inspection as a page of its own: no script, no address, pictures inside.

First what has to be mended, then what a person should look at, then the timeline, and at the end how each
check looked. Private evidence goes in masked only: a report is sent around. It measures and judges nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path

from fengcai.core.inspection import Finding
from fengcai.core.rulebook import Requirement
from fengcai.engines.documents.checks_told import checks, mode_told
from fengcai.engines.documents.noticed import Noticed, concerned, hindered, names_of, noticed
from fengcai.engines.documents.timeline import Mark, Strip, curves, timeline
from fengcai.engines.documents.timeline_drawing import drawn
from fengcai.media.facts import Facts

GROUPS = (
    ("fail", "必须修改", "✗"),
    ("look", "请人看一看", "?"),
    ("advice", "建议改进", "!"),
    ("pass", "符合", "✓"),
)
STATES = {"readable": "可以正常读取", "damaged": "文件不完整", "unreadable": "无法读取"}
_CLOSING = "机器指出的由人定夺；标“拿不准”的请人工查看。"
_MOST_PICTURE_BYTES = 400_000
_PICTURES = 3
"""So many pictures stand with one remark."""

_LAYOUTS = Path(__file__).parent / "layouts"
_STYLE = "\n".join(
    (_LAYOUTS / name).read_text(encoding="utf-8")
    for name in ("inspection_report.css", "timeline.css")
)


def inspection_report(
    facts: Facts,
    findings: Sequence[Finding] = (),
    outputs: Path | None = None,
    requirements: Iterable[Requirement] = (),
) -> str:
    """The page as HTML text.

    `outputs` is the folder in which the inspection left its pictures; with `requirements`, those of the
    findings, what was noticed stands at its clause.
    """
    demanded = tuple(requirements)
    groups, rest = _sorted(facts, findings, demanded)
    parts = [
        _head(facts, outputs, groups),
        *(_group(kind, groups[kind], outputs) for kind, _, _ in GROUPS if kind != "pass"),
        _elsewhere(rest, outputs, judged=bool(findings)),
        _timeline(facts, groups, demanded, outputs),
        _group("pass", groups["pass"], outputs),
        _curves(facts, demanded),
        _how(facts),
        _closing(facts),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>检测报告：{escape(facts.filename)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


Line = tuple[Finding, tuple[Noticed, ...], tuple[str, ...]]
"""A finding, what was noticed about it, and why it has no answer."""


def _sorted(
    facts: Facts, findings: Sequence[Finding], requirements: Sequence[Requirement]
) -> tuple[dict[str, list[Line]], list[Noticed]]:
    """Findings by group, each with what was noticed about it; and what belongs to none of them."""
    found = noticed(facts.measures)
    known = {each.id: each for each in requirements}
    groups: dict[str, list[Line]] = {kind: [] for kind, _, _ in GROUPS}
    placed: set[Noticed] = set()
    for each in findings:
        demand = known.get(each.requirement)
        names = names_of(demand)
        told = () if each.verdict == "pass" else concerned(names, found, facts.measures)
        why = hindered(names, facts.measures) if each.verdict == "undetermined" else ()
        placed.update(told)
        groups.setdefault(_kind(each, demand), []).append((each, told, why))
    return groups, [each for each in found if each not in placed]


def _kind(finding: Finding, demand: Requirement | None) -> str:
    if finding.verdict == "pass":
        return "pass"
    if demand is not None and demand.checked_by == "judge":
        return "judges"  # theirs to weigh, nobody's to mend
    if finding.verdict != "fail" or (demand is not None and demand.checked_by == "human"):
        return "look"
    return "fail" if finding.severity == "must" else "advice"


# -- what was found -------------------------------------------------------------------------------


def _head(facts: Facts, outputs: Path | None, groups: dict[str, list[Line]]) -> str:
    told = f"{STATES[facts.verdict]}{f'：{facts.reason}' if facts.reason else '。'}"
    counts = "".join(
        f'<li class="{kind}"><b>{len(groups[kind])}</b> {name}</li>' for kind, name, _ in GROUPS
    )
    tally = f'<ul class="tally">{counts}</ul>' if any(groups.values()) else ""
    poster = _inlined(outputs, "poster.jpg", "影片的一帧")
    return (
        f"<header><div><h1>{escape(facts.filename)}</h1><p>{escape(told)}</p>{tally}</div>"
        f"{f'<figure>{poster}</figure>' if poster else ''}</header>"
    )


def _group(kind: str, lines: Sequence[Line], outputs: Path | None) -> str:
    if not lines:
        return ""
    name, sign = next((name, sign) for each, name, sign in GROUPS if each == kind)
    rows = "".join(
        f'<li class="{kind}"><b class="sign">{sign}</b><div>{escape(finding.text)}'
        f'<p class="fine">依据 {escape(str(finding.cite))}</p>'
        f"{_without_answer(why)}{''.join(_remark(each, outputs) for each in told)}</div></li>"
        for finding, told, why in lines
    )
    return f'<section class="group"><h2>{name}（{len(lines)} 项）</h2><ul>{rows}</ul></section>'


def _without_answer(why: Sequence[str]) -> str:
    return f'<p class="fine">没有测出的原因：{escape("；".join(why))}</p>' if why else ""


def _elsewhere(rest: Sequence[Noticed], outputs: Path | None, *, judged: bool) -> str:
    title = "另外看到的" if judged else "看到的情况"
    if not rest:
        return "" if judged else f"<h2>{title}</h2><p>没有需要提醒的。</p>"
    told = "通知没有对应的要求，供参考。" if judged else ""
    rows = "".join(
        f'<li class="{"advice" if each.sure else "look"}"><b class="sign">{"!" if each.sure else "?"}</b>'
        f"<div>{_remark(each, outputs)}</div></li>"
        for each in rest
    )
    note = f'<p class="fine">{told}</p>' if told else ""
    return (
        f'<section class="group"><h2>{title}（{len(rest)} 处）</h2>{note}<ul>{rows}</ul></section>'
    )


def _remark(told: Noticed, outputs: Path | None) -> str:
    details = "；".join(
        f"{each.moment} {each.detail}" for each in told.moments if each.detail and each.moment
    )
    shown = [
        picture
        for each in told.moments
        if each.picture and (picture := _evidence(each.picture, each.private, each.moment, outputs))
    ][:_PICTURES]
    pictures = f'<div class="pictures">{"".join(shown)}</div>' if shown else ""
    fine = f'<span class="fine">{escape(details[:600])}</span>' if details else ""
    return f'<div class="remark"><p>{escape(told.text)}</p>{fine}{pictures}</div>'


def _evidence(name: str, private: bool, moment: str, outputs: Path | None) -> str:
    if private:
        name = f"{name.removesuffix('.jpg')}-masked.jpg"
    shown = _inlined(outputs, name, f"{moment} 的画面")
    return f"<figure>{shown}<figcaption>{escape(moment)}</figcaption></figure>" if shown else ""


def _data(outputs: Path | None, name: str) -> str:
    """A picture as an address that holds it; empty where there is none, or its name leads elsewhere."""
    if outputs is None or Path(name).name != name:
        return ""
    file = outputs / name
    if not file.is_file() or file.stat().st_size > _MOST_PICTURE_BYTES:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(file.read_bytes()).decode()}"


def _inlined(outputs: Path | None, name: str, alt: str) -> str:
    data = _data(outputs, name)
    return f'<img alt="{escape(alt)}" src="{data}">' if data else ""


# -- over time ------------------------------------------------------------------------------------


def _length(facts: Facts) -> Fraction:
    timed = facts.video or facts.audio
    return (timed.duration_s if timed is not None else None) or Fraction(0)


def _timeline(
    facts: Facts,
    groups: dict[str, list[Line]],
    requirements: Sequence[Requirement],
    outputs: Path | None,
) -> str:
    concluded = [
        Mark(
            float(moment.from_s),
            float(moment.to_s or moment.from_s),
            f"{name}：{told.title} {moment.moment}",
            "fail" if kind == "fail" else "doubt",
        )
        for kind, name, _ in GROUPS
        for _, those, _ in groups[kind]
        for told in those
        for moment in told.moments
        if moment.from_s is not None
    ]
    shown = timeline(
        facts.measures,
        _length(facts),
        findings=concluded,
        requirements=requirements,
        strip=_strip(facts, outputs),
    )
    return f'<h2>时间线</h2><div class="reel">{drawn(shown)}</div>' if shown else ""


def _strip(facts: Facts, outputs: Path | None) -> Strip | None:
    sprite = facts.pictures.sprite
    data = _data(outputs, sprite.file) if sprite is not None else ""
    if sprite is None or not data:
        return None
    return Strip(
        url=data,
        columns=sprite.columns,
        rows=sprite.rows,
        tile_width_px=sprite.tile_width_px,
        tile_height_px=sprite.tile_height_px,
        times_s=tuple(float(each) for each in sprite.times_s),
    )


def _curves(facts: Facts, requirements: Sequence[Requirement]) -> str:
    shown = curves(facts.measures, _length(facts), requirements)
    return f'<h2>曲线</h2><div class="reel">{drawn(shown, legend=False)}</div>' if shown else ""


# -- how it was looked at -------------------------------------------------------------------------


def _how(facts: Facts) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(each.title)}</th><td class="{each.tone}">{each.answer}</td>'
        f"<td>{escape('；'.join(said for said in (each.values, each.why) if said))}</td>"
        f'<td class="fine">{escape(each.how)}</td></tr>'
        for each in checks(facts.measures)
    )
    if not rows:
        return ""
    mode = mode_told(facts.decoding.mode if facts.decoding is not None else "")
    return (
        f"<h2>检测了什么、怎么检测的</h2>{f'<p>{mode}</p>' if mode else ''}"
        '<div class="wide" tabindex="0" role="group" aria-label="检测了什么、怎么检测的"><table>'
        "<thead><tr><th>项目</th><th>结果</th><th>测得的值和界限</th><th>方法</th>"
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _closing(facts: Facts) -> str:
    told = (
        f"SHA-256 {facts.sha256 or '未算出'} · {facts.size_bytes} 字节 · 检测版本 {facts.version}"
    )
    return f'<p class="fine">{told}。{_CLOSING}</p>'
