"""The report of one inspection as a page of its own: no script, no address, pictures inside.

It says what was measured against which clause, what was noticed and when, and how each check looked.
Private evidence goes in masked only: a report is sent around. It measures and judges nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from fengcai.core.inspection import Finding
from fengcai.media.facts import Curve, Facts, Measure
from fengcai.media.facts.measures import clock
from fengcai.media.remarks import NAMES, QUIET, Remark, remarks

VERDICTS = {
    "pass": ("✓", "符合"),
    "fail": ("✗", "不符合"),
    "undetermined": ("?", "未能判定"),
    "person": ("·", "由人判断"),
}
ANSWERS = {"found": "有", "clear": "无", "doubtful": "拿不准", "unmeasured": "没有结论"}
STATES = {"readable": "可以正常读取", "damaged": "文件不完整", "unreadable": "无法读取"}
_CLOSING = "机器指出的由人定夺；标“拿不准”的请人工查看。"
_WIDE, _LANE, _PLOT, _LEFT = 900, 16, 70, 90
_MOST_PICTURE_BYTES = 400_000

_STYLE = (Path(__file__).parent / "layouts/inspection_report.css").read_text(encoding="utf-8")


def inspection_report(
    facts: Facts, findings: Sequence[Finding] = (), outputs: Path | None = None
) -> str:
    """The page as HTML text; `outputs` is the folder in which the inspection left its pictures."""
    said = remarks(facts.measures)
    parts = [
        f"<h1>{escape(facts.filename)}</h1>",
        f"<p>{STATES[facts.verdict]}{f'：{escape(facts.reason)}' if facts.reason else '。'}</p>",
        _poster(outputs),
        _against_clauses(findings),
        _noticed(said, outputs),
        _timeline(facts),
        _how(facts),
        _closing(facts),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>检测报告：{escape(facts.filename)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _closing(facts: Facts) -> str:
    told = (
        f"SHA-256 {facts.sha256 or '未算出'} · {facts.size_bytes} 字节 · 检测版本 {facts.version}"
    )
    return f'<p class="fine">{told}。{_CLOSING}</p>'


def _against_clauses(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    rows = "".join(
        f'<tr><td class="{each.verdict}">{VERDICTS[each.verdict][0]} {VERDICTS[each.verdict][1]}</td>'
        f'<td>{escape(each.text)}</td><td class="fine">{escape(str(each.cite))}</td></tr>'
        for each in findings
    )
    return (
        '<h2>对照通知</h2><div class="wide"><table><tr><th>结论</th><th>要求与实测</th><th>依据</th></tr>'
        f"{rows}</table></div>"
    )


def _noticed(said: Sequence[Remark], outputs: Path | None) -> str:
    if not said:
        return "<h2>看到的情况</h2><p>没有需要提醒的。</p>"
    rows = "".join(
        f'<li class="{"fail" if each.sure else "undetermined"}">{"!" if each.sure else "?"} '
        f"{escape(each.text)}"
        + (f'<span class="fine"> {escape(each.moment)} {escape(each.detail)}</span>' if each.moment else "")
        + _evidence(each, outputs)
        + "</li>"
        for each in said
    )  # fmt: skip
    return f"<h2>看到的情况</h2><ul>{rows}</ul>"


def _evidence(remark: Remark, outputs: Path | None) -> str:
    if remark.picture is None:
        return ""
    name = remark.picture
    if remark.private:
        name = f"{name.removesuffix('.jpg')}-masked.jpg"
    shown = _inlined(outputs, name, remark.text)
    return f"<figure>{shown}</figure>" if shown else ""


def _poster(outputs: Path | None) -> str:
    shown = _inlined(outputs, "poster.jpg", "影片的一帧")
    return f"<figure>{shown}</figure>" if shown else ""


def _inlined(outputs: Path | None, name: str, alt: str) -> str:
    """A picture inside the page; nothing where there is none, or where its name leads elsewhere."""
    if outputs is None or Path(name).name != name:
        return ""
    file = outputs / name
    if not file.is_file() or file.stat().st_size > _MOST_PICTURE_BYTES:
        return ""
    data = base64.b64encode(file.read_bytes()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/jpeg;base64,{data}">'


# -- pictures of time -----------------------------------------------------------------------------


def _timeline(facts: Facts) -> str:
    film = facts.video or facts.audio
    length = float(film.duration_s) if film is not None and film.duration_s else 0.0
    if length <= 0:
        return ""
    lanes = [
        (name, measure)
        for name, measure in facts.measures.items()
        if name not in QUIET and measure.spans and measure.answer in ("found", "doubtful")
    ]
    plots = [
        (name, measure.curve)
        for name, measure in facts.measures.items()
        if measure.curve is not None
    ]
    if not lanes and not plots:
        return ""
    drawn, top = [], 14
    for name, measure in lanes:
        drawn.append(_lane(name, measure, top, length))
        top += _LANE
    for name, curve in plots:
        drawn.append(_plot(name, curve, top, length))
        top += _PLOT
    drawn.append(_axis(top, length))
    return (
        f'<h2>时间线</h2><div class="wide"><svg viewBox="0 0 {_WIDE} {top + 24}" role="img" '
        f'aria-label="各项检查在影片中的位置">{"".join(drawn)}</svg></div>'
    )


def _x(seconds: float, length: float) -> float:
    share = min(1.0, max(0.0, seconds / length))
    return round(_LEFT + (_WIDE - _LEFT - 10) * share, 1)


def _lane(name: str, measure: Measure, top: int, length: float) -> str:
    kind = "bar" if measure.answer == "found" else "doubt"
    bars = "".join(
        f'<rect class="{kind}" x="{(left := _x(float(span.from_s), length))}" y="{top}" '
        f'width="{max(2.0, round(_x(float(span.to_s), length) - left, 1))}" height="{_LANE - 6}">'
        f"<title>{escape(span.moment)} {escape(span.text)}</title></rect>"
        for span in measure.spans
    )
    return f'<text x="0" y="{top + 9}">{escape(NAMES.get(name, name))}</text>{bars}'


def _plot(name: str, curve: Curve, top: int, length: float) -> str:
    known = [value for value in curve.values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    room = _PLOT - 18
    points = " ".join(
        f"{_x(number * float(curve.step_s), length)},"
        f"{round(top + 6 + room * (1 - (value - low) / ((high - low) or 1)), 1)}"
        for number, value in enumerate(curve.values)
        if value is not None
    )
    return (
        f'<text x="0" y="{top + 16}">{escape(NAMES.get(name, name))}</text>'
        f'<text x="0" y="{top + 32}">{low:.3g}–{high:.3g} {escape(curve.unit)}</text>'
        f'<polyline points="{points}"/>'
    )


def _axis(top: int, length: float) -> str:
    marks = "".join(
        f'<text x="{_x(at, length)}" y="{top + 18}" text-anchor="middle">{clock(at)}</text>'  # type: ignore[arg-type]
        for at in _ticks(length)
    )
    return (
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDE - 10}" y1="{top + 2}" y2="{top + 2}"/>{marks}'
    )


def _ticks(length: float) -> Iterable[float]:
    steps = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
    step = next((each for each in steps if length / each <= 8), 7200)
    return [at * step for at in range(int(length // step) + 1)]


# -- how it was looked at -------------------------------------------------------------------------


def _how(facts: Facts) -> str:
    if not facts.measures:
        return ""
    rows = "".join(
        f"<tr><td>{escape(NAMES.get(name, name))}</td><td>{ANSWERS[measure.answer]}</td>"
        f'<td class="fine">{escape(measure.why)}{_values(measure)}</td>'
        f'<td class="fine" lang="en">{escape(measure.method)}</td></tr>'
        for name, measure in facts.measures.items()
    )
    return (
        '<h2>查了什么，怎么查的</h2><div class="wide"><table><tr><th>项目</th><th>结果</th><th>测得</th><th>方法</th></tr>'
        f"{rows}</table></div>"
    )


def _values(measure: Measure) -> str:
    told = [f"{name} {value}" for name, value in measure.values.items() if value is not None]
    limits = [f"{name} {value:g}" for name, value in measure.limits.items()]
    said = "；".join(told[:6]) + (f"（界限 {'；'.join(limits[:4])}）" if limits else "")
    return f' <span lang="en">{escape(said[:400])}</span>' if said else ""
