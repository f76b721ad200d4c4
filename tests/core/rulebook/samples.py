"""A small rulebook of an invented institution, and the two real examples, ready for tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from fengcai.core.rulebook import (
    Answers,
    Rulebook,
    RulebookError,
    Rules,
    parse,
    parse_answers,
    resolve,
)

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

BOOK = """\
rulebook: 1
id: film-2030
title: 青山医院微电影征集
short_title: 微电影
theme: 青山常在
accent: ganhong
timezone: Asia/Shanghai
notice: {number: 青院字〔2030〕1号, issuer: 青山医院, issued: 2030-03-01, cite: 文首 青院字}
organisers:
  - {role: 主办, name: 青山医院, cite: 一 主办单位}
contacts:
  - {names: [宣传科], phone: 0791-1, cite: 八 联系人}
units:
  classes:
    ward: {name: 临床科室, must_enter: 是, may_enter: 是, cite: 二 各科室}
  entries: {min: 1, max: 3, cite: 二 至少一件}
  head_confirmation: {required: 是, cite: 七 负责人}
tracks:
  film:
    name: 微电影
    cite: 三 微电影
    themes:
      min: 1
      max: 2
      cite: 三 方向
      options:
        care: {name: 关怀, cite: 三 关怀}
        craft: {name: 技艺, cite: 三 技艺}
    fields:
      title: {label: 片名, kind: text, required: 是, max_chars: 40, cite: 四 片名}
      style: {label: 体裁, kind: choice, required: 否, options: [纪实, 剧情], cite: 四 体裁}
    slots:
      main:
        name: 正片
        kind: video
        min: 1
        max: 1
        accept: [.mp4]
        max_size: 500 MB
        cite: 四 正片
        requirements:
          length: {must: 五分钟以内, checked_by: machine, predicate: duration <= 5min, cite: 四 五分钟}
          clean: {should: 画面干净, checked_by: human, cite: 四 干净}
          short: {prefer: 短片, checked_by: judge, effect: tie_break, cite: 四 短片}
requirements:
  true_story: {must: 真实, checked_by: human, tracks: [film], cite: 四 真实}
declarations:
  own: {text: 原创, signatory: author, when: submit, tracks: [film], cite: 四 原创}
windows:
  submission:
    opens: 2030-03-02 08:00
    closes: 2030-04-30 17:00
    closes_inclusive: 待明确 Q1
    basis: server_received
    late: mark
    grace: 10 分钟
    original: 4月30日17时前
    cite: 五 4月30日17时前
  judging:
    opens: 2030-05-01 08:00
    closes: 2030-05-10 24:00
    closes_inclusive: 否
    basis: server_received
    late: reject
    original: 5月上旬
    cite: 六 5月上旬
schedule:
  - {name: 终评, when: 5月上旬, cite: 六 5月上旬}
naming:
  - {applies_to: [video_filename], template: "{unit}+微电影", collision: "-{n}", cite: 五 命名}
rounds:
  first:
    name: 初评
    kind: preliminary
    input: submission
    panel: 评委会
    min_judges: 3
    recuse_own_unit: 是
    window: judging
    cite: 六 初评
    advance: {by: top, number: 10, base: track, cite: 六 前十}
    tracks: [film]
    scheme:
      criteria:
        story: {name: 故事, description: 讲得好, min: 0, max: 60, step: 1, weight: 1, cite: 六 故事}
        image: {name: 画面, min: 0, max: 80, step: 0.5, weight: 0.5, cite: 六 画面}
      total: 100
      aggregate: trimmed_mean
      drop_high: 1
      drop_low: 1
      drop_only_if_at_least: 5
      rounding_places: 2
      rounding_mode: half_up
      tie_break: [criterion story, earlier_submission, committee]
      cite: 六 评分
  last:
    name: 终评
    kind: final
    input: first
    panel: 评委会
    min_judges: 3
    recuse_own_unit: 否
    cite: 六 终评
    scheme:
      criteria:
        whole: {name: 总体, min: 0, max: 10, step: 1, weight: 1, cite: 六 总体}
      total: 10
      aggregate: median
      drop_high: 0
      drop_low: 0
      drop_only_if_at_least: 0
      rounding_places: 1
      rounding_mode: half_even
      tie_break: [committee]
      cite: 六 终评评分
awards:
  gold: {name: 金奖, group: 影片, count: 1, money_each: 0.2 万元, decided_by: ranking, tracks: [film], cite: 六 金奖}
  silver: {name: 银奖, group: 影片, count: 待明确 Q2.count, money_each: 500 元, decided_by: ranking, cite: 六 银奖}
prizes:
  total: 3000 元
  stacking: exclusive
  recipient: 待明确 Q2.recipient
  certificate: {text: 发证书, cite: 六 证书}
  cite: 六 共3000元
recognition:
  - {to: 科室, text: 记入考核, cite: 六 考核}
publication: {channels: [官网], royalty: 发稿费, cite: 六 官网}
recommendation: {text: 择优推荐, targets: [省赛], max: 5, cite: 六 推荐}
objections: 待明确 Q3.objections
terms:
  fee: {text: 不收费, cite: 七 不收费}
background:
  - {cite: 正文 为弘扬, why: 目的}
questions:
  Q1:
    ask: 17 时整算不算？
    cite: 五 17时前
    blocks: opening
    options:
      included: {means: 算按时, sets: {inclusive: 是}}
      excluded: {means: 不算, sets: {inclusive: 否}}
  Q2:
    ask: 银奖几名？奖金给谁？
    also: 总额 3000 元。
    cite: 六 银奖
    blocks: awards
    options:
      two: {means: 两名，给科室, sets: {count: 2, recipient: unit}}
    free: {count: 银奖名额}
  Q3:
    ask: 公示吗？
    cite: 六 公布
    blocks: publication
    options:
      none: {means: 不公示, sets: {objections: 不设}}
    free: {objections: 公示的天数和出处}
"""

ANSWERS = """\
answers: 1
rulebook: film-2030
decisions:
  Q1: {choice: included, by: 宣传科, at: "2030-03-01 09:00 +08:00", reason: 从宽}
  Q2: {choice: two, by: 宣传科, at: "2030-03-01 09:00 +08:00", reason: 按总额}
  Q3: {choice: none, by: 宣传科, at: "2030-03-01 09:00 +08:00", reason: 结果另行通报}
"""


def changed(old: str, new: str, text: str = BOOK) -> str:
    """The sample with one passage replaced; the passage must occur exactly once."""
    assert text.count(old) == 1, f"{text.count(old)} × {old!r}"
    return text.replace(old, new)


def without(pattern: str, text: str = BOOK) -> str:
    """The sample without the lines that a pattern matches."""
    found = re.sub(rf"(?m)^{pattern}\n", "", text)
    assert found != text, pattern
    return found


@cache
def book(text: str = BOOK) -> Rulebook:
    return parse(text, name="book.yaml")


@cache
def answers(text: str = ANSWERS) -> Answers:
    return parse_answers(text, name="answers.yaml")


@cache
def example(name: str) -> Rulebook:
    return parse((EXAMPLES / "rulebooks" / f"{name}.yaml").read_text("utf-8"), name=f"{name}.yaml")


@cache
def example_answers(name: str) -> Answers:
    return parse_answers((EXAMPLES / "answers" / f"{name}.yaml").read_text("utf-8"), name=name)


def refused(text: str) -> list[tuple[int, str, str, str]]:
    """Line, path, message and remedy of every problem that parsing the text raises."""
    try:
        parse(text, name="book.yaml")
    except RulebookError as error:
        return [(each.line, each.path, each.message, each.mend) for each in error.problems]
    raise AssertionError("nothing was refused")


def line_of(words: str, text: str = BOOK) -> int:
    """The line (from 1) on which some words stand for the first time."""
    return text[: text.index(words)].count("\n") + 1


@cache
def settled(name: str) -> Rules:
    """An example's rules with every question answered by its first option."""
    return resolve(example(name), first_options(name))


@cache
def first_options(name: str) -> Answers:
    """Answers that take the first option of every question of an example."""
    rows = "".join(
        f'  {each.id}: {{choice: "{next(iter(each.options))}", by: 主办方, '
        f'at: "2026-01-01 09:00 +08:00", reason: 测试用的答复}}\n'
        for each in example(name).questions
    )
    text = f"answers: 1\nrulebook: {example(name).id}\ndecisions:\n{rows}"
    return parse_answers(text, name="answers.yaml")
