"""Text to predicate: tokens, then recursive descent with limited length and depth.

Every refusal names the column and says in Chinese how to mend it.

Grammar (keywords and fact names in lower case)::

    either     = both { "or" both }
    both       = single { "and" single }
    single     = "not" single | "(" either ")" | comparison
    comparison = operand ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) operand
               | operand [ "not" ] "in" "[" operand { "," operand } "]"
               | fact                      (true or false facts only)
    operand    = fact | number [unit] | number "/" number | date | word | "quoted text"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from .tree import (
    FACTS,
    OPERATORS,
    UNIT_CASES,
    UNITS,
    Comparison,
    Every,
    Fact,
    Membership,
    Not,
    Number,
    Operand,
    Predicate,
    PredicateError,
    Some,
    Truth,
    Word,
    kind_of,
    unit_of,
)

MAX_LENGTH = 1000
MAX_DEPTH = 20
CHINESE_UNITS = "|".join(
    sorted((unit for unit in UNITS if not unit.isascii()), key=len, reverse=True)
)
TOKEN = re.compile(
    rf"""\s*(?:(?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})
    |(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[A-Za-z]+(?![A-Za-z_0-9])|{CHINESE_UNITS})?
    |(?P<quoted>"[^"]*")
    |(?P<word>[A-Za-z_.][A-Za-z0-9_.\-]*|[\u4e00-\u9fff]+)
    |(?P<sign><=|>=|==|!=|[<>≤≥≠()\[\],/-]))""",
    re.VERBOSE,
)
# Full-width letters, digits and marks stand for their half-width twins, outside quotes.
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3001: 0x2C}
KEYWORDS = {"and", "or", "not", "in"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    unit: str
    column: int


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        raise PredicateError(f"条件超过 {MAX_LENGTH} 个字符", "请拆成几条要求。", MAX_LENGTH)
    parts = text.split('"')
    text = '"'.join(part if index % 2 else part.translate(WIDE) for index, part in enumerate(parts))
    found: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            column = at + len(text[at:]) - len(text[at:].lstrip())
            raise PredicateError(f"不认识“{text[column]}”", _stray(text[column]), column + 1)
        kind = str(match.lastgroup)
        typed = match["unit"] or ""
        unit = UNIT_CASES.get(typed.lower(), typed)
        if unit:
            kind = "number"
        at = match.end()
        if unit in KEYWORDS or (unit in FACTS and unit not in UNITS):  # "5 and …"
            unit, at = "", match.start("unit")
        elif unit and unit not in UNITS:
            raise PredicateError(
                f"不认识单位“{unit}”",
                "可用的单位：" + "、".join(UNITS) + "。",
                match.start("unit") + 1,
            )
        found.append(_Token(kind, match[kind], unit, match.start(kind) + 1))
    found.append(_Token("end", "", "", end + 1))
    return found


def _stray(letter: str) -> str:
    if letter == "=":
        return "相等请写“==”。"
    return "请只用事实名、数、单位、比较号、and、or、not、in 和括号。"


class _Parser:
    """Recursive descent over the tokens; depth is limited."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> bool:
        if self.token.kind in {"word", "sign"} and self.token.text in texts:
            self.at += 1
            return True
        return False

    def wrong(self, message: str, mend: str) -> PredicateError:
        return PredicateError(message, mend, self.token.column)

    def whole(self) -> Predicate:
        found = self.either()
        if self.token.kind != "end":
            raise self.wrong(
                f"“{self.token.text}”前面少了 and 或 or", "请用 and 或 or 连接两个条件。"
            )
        return found

    def either(self) -> Predicate:
        return self.joined("or", self.both, Some)

    def both(self) -> Predicate:
        return self.joined("and", self.single, Every)

    def joined(
        self, word: str, part: Callable[[], Predicate], kind: type[Some] | type[Every]
    ) -> Predicate:
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else kind(tuple(parts))

    def single(self) -> Predicate:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.wrong(f"括号或 not 超过 {MAX_DEPTH} 层", "请拆成几条要求。")
        try:
            if self.take("not"):
                return Not(self.single())
            if self.take("("):
                inner = self.either()
                if not self.take(")"):
                    raise self.wrong("括号没有成对", "请补上“)”。")
                return inner
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Predicate:
        start = self.token
        left = self.operand()
        negated = self.take("not")
        if self.take("in"):
            return self.membership(start, left, negated)
        if negated:
            raise self.wrong("not 后面少了 in", "请写成“not in [...]”。")
        if self.token.kind == "sign" and self.token.text in OPERATORS:
            operator = OPERATORS[self.token.text]
            self.at += 1
            right = self.operand()
            self.agree(start, left, right)
            if operator not in {"==", "!="} and "text" in {kind_of(left), kind_of(right)}:
                raise PredicateError("文字不能比大小", "文字请用 ==、!= 或 in。", start.column)
            return Comparison(left, operator, right)
        if isinstance(left, Fact) and FACTS[left.name].kind == "truth":
            return Truth(left)
        raise self.wrong(f"“{start.text}”后面少了比较号", "请写成“width >= 1920”这样的比较。")

    def membership(self, start: _Token, left: Operand, negated: bool) -> Predicate:
        if not self.take("["):
            raise self.wrong("in 后面少了“[”", "请写成“container in [mp4, mov]”。")
        options = [self.operand()]
        while self.take(","):
            options.append(self.operand())
        if not self.take("]"):
            raise self.wrong("方括号没有成对", "请补上“]”。")
        for option in options:
            self.agree(start, left, option)
        return Membership(left, tuple(options), negated)

    def operand(self) -> Operand:
        token = self.token
        if token.kind == "sign" and token.text == "-":
            self.at += 1
            number = self.operand()
            if not isinstance(number, Number):
                raise PredicateError("“-”后面不是数", "请写成“-23LUFS”。", token.column)
            return Number(-number.value, number.unit, f"-{number.written}")
        if token.kind == "end" or token.kind == "sign" or token.text in KEYWORDS:
            raise self.wrong("这里少了事实名或数", "请写成“width >= 1920”这样的比较。")
        self.at += 1
        if token.kind == "number":
            return self.number(token)
        if token.kind == "date":
            return self.date(token)
        if token.kind == "quoted":
            return Word(token.text[1:-1])
        return Fact(token.text) if token.text in FACTS else Word(token.text)

    def date(self, token: _Token) -> Number:
        try:
            day = date.fromisoformat(token.text)
        except ValueError:
            raise PredicateError(
                f"日历上没有“{token.text}”", "请核对年月日。", token.column
            ) from None
        written = f"{day.year} 年 {day.month} 月 {day.day} 日"
        return Number(Fraction(day.toordinal()), "date", written)

    def number(self, token: _Token) -> Number:
        value = Fraction(token.text)
        written = token.text
        last = token
        if not token.unit and self.take("/"):
            last = self.token
            if last.kind != "number" or Fraction(last.text) == 0:
                raise self.wrong("“/”后面不是大于零的数", "请写成“30000/1001”。")
            self.at += 1
            value /= Fraction(last.text)
            written += f"/{last.text}"
        if not last.unit:
            return Number(value, "", written)
        base, factor = UNITS[last.unit]
        return Number(value * factor, base, f"{written} {last.unit}")

    def agree(self, start: _Token, left: Operand, right: Operand) -> None:
        if not isinstance(left, Fact) and not isinstance(right, Fact):
            known = "、".join(FACTS)
            raise PredicateError("比较的两边都不是事实名", f"可用的事实：{known}。", start.column)
        if kind_of(left) != kind_of(right) or "truth" in {kind_of(left), kind_of(right)}:
            raise PredicateError(
                "比较的两边不是一类东西（数、文字、是非）",
                "数与数比，文字与文字比；是非事实单独写。",
                start.column,
            )
        both = {unit_of(left), unit_of(right)}
        if "date" in both and len(both) > 1:
            raise PredicateError("日期只能和日期比", "请写成“taken >= 2026-01-01”。", start.column)
        if len(both - {""}) > 1:
            raise PredicateError("比较的两边单位不同", "请换成同一类单位。", start.column)


@lru_cache(maxsize=2_048)  # a page of a work asks for the same dozen again and again
def parse_predicate(text: str) -> Predicate:
    """Parse a predicate. Raises PredicateError with the column and a remedy."""
    return _Parser(text).whole()
