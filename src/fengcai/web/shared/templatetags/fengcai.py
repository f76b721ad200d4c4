"""The tags and filters of all pages. Thin: words come from `formats`, shapes from `icons`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Textarea,
    TextInput,
)
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fengcai.web.shared import assets, badges, drawing, faults, formats, icons
from fengcai.web.shared.cards import WorkCard
from fengcai.web.shared.marks import badge_of, date_of, time_of
from fengcai.web.shared.shell import Shell, shell_of
from fengcai.web.shared.works import Line

register = template.Library()
LONGEST_LABEL = 30
"""Characters of a field's name in the summary of a refused form."""

THEMES = ("light", "dark")


@register.simple_tag
def asset(name: str) -> SafeString:
    """`{% asset "main" %}`: the entry's style sheets, module and preloads. NotBuiltError if absent."""
    return _asset(assets.entry(name), get_script_prefix())


@lru_cache(maxsize=16)  # the same on every page; `prefix` is the mount that `static` answers for
def _asset(files: assets.Entry, prefix: str) -> SafeString:
    return format_html(
        "{}{}{}",
        format_html_join(
            "", '<link rel="stylesheet" href="{}">', ((static(s),) for s in files.styles)
        ),
        format_html_join(
            "", '<link rel="modulepreload" href="{}">', ((static(p),) for p in files.preloads)
        ),
        format_html_join(
            "", '<script type="module" src="{}"></script>', ((static(s),) for s in files.scripts)
        ),
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "upload" %}`; hidden from screen readers unless a label names it."""
    try:
        return icons.draw(name, label)
    except KeyError:
        raise template.TemplateSyntaxError(f"There is no icon {name!r}.") from None


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString:
    """The reader's chosen theme as an attribute of `<html>`; nothing when the system decides."""
    request = context.get("request")
    chosen = request.COOKIES.get("fengcai_theme", "") if request else ""
    return format_html(' data-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.simple_tag(takes_context=True)
def shell(context: template.Context) -> Shell:
    """`{% shell as shell %}`: the view's own `shell`, else that of its `contest`, else a bare one."""
    given = context.get("shell")
    if isinstance(given, Shell):
        return given
    contest = context.get("contest")
    if contest is None:
        return Shell()
    request = context.get("request")
    return shell_of(contest, request.path if request else "")


@register.simple_tag
def badge(tone: str, icon: str, word: str) -> SafeString:
    """`{% badge "pass" "tick" "已签字" %}` for a state that `state` does not know."""
    return badge_of(badges.Badge(tone, icon, word))


@register.simple_tag
def state(value: str, word: str = "") -> SafeString:
    """`{% state entry.state %}`; a second argument replaces the word."""
    return badge_of(badges.state(value, word))


@register.simple_tag
def work_card(work: WorkCard) -> SafeString:
    """`{% work_card work %}`: a work with its picture, its name and its state."""
    return drawing.card(work)


@register.simple_tag
def works_line(line: Line) -> SafeString:
    """`{% works_line line %}`: a work as a row of the table of works."""
    return drawing.line(line)


@register.simple_tag
def verdict(value: str, severity: str = "must") -> SafeString:
    """`{% verdict finding.verdict finding.severity %}` as a badge."""
    return badge_of(badges.verdict(value, severity))


@register.simple_tag
def verdict_icon(value: str, severity: str = "must") -> SafeString:
    """The verdict's icon alone; its word must stand beside it."""
    return icons.draw(badges.verdict(value, severity).icon)


@register.filter
def verdict_word(value: str, severity: str = "must") -> str:
    """`{{ finding.verdict|verdict_word:finding.severity }}`."""
    return badges.verdict(value, severity).word


@register.filter
def duration(value: Any) -> str:
    """Seconds (number or timedelta) as `4:32`; empty for None."""
    return "" if value in (None, "") else formats.duration(value)


@register.filter(name="bytes")
def bytes_(value: int | str | None) -> str:
    """A count of bytes as `1.5 GB`; empty for None."""
    return "" if value in (None, "") else formats.size(int(value))


@register.filter
def money(value: Decimal | int | str | None) -> str:
    """Yuan as `1,500 元`; empty for None. Takes no float."""
    if isinstance(value, float):
        raise TypeError("Money is exact: pass a Decimal or an int.")
    return "" if value in (None, "") else formats.money(Decimal(value))


@register.filter
def when(value: datetime | date | None, mode: str = "both") -> SafeString | str:
    """A `<time>`: the Chinese date and how far it is. Modes: both, date (no distance), ago."""
    if value is None or value == "":
        return ""
    now = timezone.localtime()
    if not isinstance(value, datetime):
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(), formats.day(value, now.year)
        )
    if mode == "date":
        return date_of(value)
    moment = timezone.localtime(value)
    words, far = formats.calendar(moment, now), formats.distance(moment, now)
    return time_of(moment, far if mode == "ago" else f"{words}（{far}）")


@register.filter
def until(value: datetime | None, mode: str = "both") -> SafeString | str:
    """A closing instant like `when`: midnight is 24:00 of the day that it ends. Modes: both, date."""
    if value is None or value == "":
        return ""
    now, moment = timezone.localtime(), timezone.localtime(value)
    words = formats.closing(moment, now)
    return time_of(
        moment, words if mode == "date" else f"{words}（{formats.distance(moment, now)}）"
    )


@register.simple_tag
def cite(citation: Any, answer: str = "") -> SafeString:
    """The clause as a chip that opens to its words; `answer` names the organiser's answer, if any.

    Takes a core Citation (section, words), or anything with `section` and `words`, or a mapping.
    """
    if not citation:
        return SafeString("")
    if isinstance(citation, dict):
        section, words = citation.get("section", ""), citation.get("words", "")
    else:
        section, words = citation.section, citation.words
    return _cite(section, words, answer) if section else SafeString("")


@lru_cache(maxsize=2_048)  # a page has dozens of chips, and a contest a hundred different ones
def _cite(section: str, words: str, answer: str) -> SafeString:
    return render_to_string(
        "shared/_cite.html", {"section": section, "words": words, "answer": answer}
    )


@register.inclusion_tag("shared/_field.html")
def field(
    bound: BoundField, limit: int | None = None, cite: Any = None, label: str = ""
) -> dict[str, Any]:
    """A Django form's field in our look: label, hint, error, control, counter, clause.

    `limit` counts characters (default: the field's max_length, for texts); `label` replaces the
    field's own.
    """
    widget = bound.field.widget
    described = [
        f"{bound.id_for_label}_{part}"
        for part, there in (("hint", bound.help_text), ("error", bound.errors))
        if there
    ]
    attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    maximum = limit or getattr(bound.field, "max_length", None)
    return {
        "field": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attrs),
        "tick": isinstance(widget, CheckboxInput),
        "group": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
        "limit": maximum if isinstance(widget, TextInput | Textarea) else None,
        "cite": cite,
    }


@register.filter
def elided(paginator: Any, number: int) -> Any:
    """`{{ paginator|elided:page.number }}`: page numbers with `…` where some are left out."""
    return paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)


@register.filter
def named(labels: Any, field: str) -> str:
    """`{{ labels|named:field }}`: what a field is about, shortened, before its message; empty if unknown."""
    label = labels.get(field, "") if labels else ""
    short = label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL]}……"
    return f"{short}：" if short else ""


@register.inclusion_tag("shared/_fault.html")
def fault_page(status: int) -> dict[str, Any]:
    """The body of an error page, for Django's own handlers that pass no fault."""
    return {"fault": faults.fault(status)}
