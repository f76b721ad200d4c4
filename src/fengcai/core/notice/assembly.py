"""Proposals → a whole rulebook: every value in its place, and a question in every gap.

What the language needs and the notice does not say becomes `待明确 Qn.name`; nothing is filled in
by default. Which values the language needs is told here; whether they are right, by
`core.rulebook.check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from fengcai.core.rulebook import Citation

from .gathering import Gathering, Path, Proposal
from .questions import MEANINGS, Asking, OpenQuestion
from .text import Sentence, str_of

Tree = dict[str, Any]
ORDER = (
    "rulebook", "id", "title", "short_title", "theme", "accent", "timezone", "notice",
    "organisers", "contacts", "mailbox", "units", "tracks", "divisions", "person_caps", "novelty",
    "requirements", "declarations", "windows", "schedule", "naming", "panels", "rounds", "awards", "prizes",
    "recognition", "publication", "recommendation", "objections", "terms", "background",
)  # fmt: skip
# Words that a finder leaves for the questions; they are no keys of the language.
SAID_ONLY = frozenset({"closes_day", "opens_day", "opens_words", "words"})
ROUND_KEYS = ("panel", "min_judges", "recuse_own_unit")
SCHEME_KEYS = (
    "total", "aggregate", "drop_high", "drop_low", "drop_only_if_at_least", "rounding_places",
    "rounding_mode", "tie_break",
)  # fmt: skip
PLACES = (  # words of a naming rule → the place in a template
    (r"(?:汇总|参赛|报送|所在)?(?:单位|科室|部门|学院|机构)(?:名称|全称)?", "{unit}"),
    (r"(?:第一)?作者(?:姓名)?|姓名|选手姓名", "{author}"),
    (r"(?:作品|文章)?(?:名称|题目|标题)|片名|作品名", "{title}"), (r"组别(?:名称)?", "{division}"),
    (r"(?:作品)?(?:类别|类型)(?:名称)?", "{track}"), (r"(?:联系)?(?:电话|手机号?)", "{phone}"),
    (r"(?:出场|作品)?编号|序号", "{number}"), (r"(?:创作)?(?:方向|主题)", "{theme}"),
)  # fmt: skip


class Assembly:
    """One draft being put together."""

    def __init__(self, found: Gathering, id: str) -> None:
        self.found = found
        title = next((each for each in found.all if each.section == "标题"), None)
        self.home: Citation = title.cite() if title else _first(found.all)
        self.asking = Asking(self.home)
        self.remarks: dict[tuple[str | int, ...], str] = {}
        self.cites: dict[Path, Citation] = {}
        self.tree: Tree = {"rulebook": 2, "id": id}

    def build(self) -> tuple[Tree, tuple[OpenQuestion, ...]]:
        """The whole tree in the language's order, and its questions."""
        for proposal in self.found.found.values():
            if proposal.path[-1] not in SAID_ONLY:
                self._place(proposal)
        for step in (
            self._head, self._variants, self._units, self._tracks, self._requirements, self._windows, self._naming,
            self._novelty, self._rounds, self._awards, self._afterwards,
        ):  # fmt: skip
            step()
        tree = {key: self._finished(self.tree[key], (key,)) for key in ORDER if key in self.tree}
        questions = tuple(self.asking.asked.values())
        if questions:
            tree["questions"] = {each.id: each.as_tree() for each in questions}
        return tree, questions

    def _place(self, proposal: Proposal) -> None:
        node = self.tree
        for step in proposal.path[:-1]:
            node = node.setdefault(step, {})
        value = proposal.value
        node[proposal.path[-1]] = [*value] if isinstance(value, tuple) else value
        for length in range(1, len(proposal.path)):
            self.cites.setdefault(proposal.path[:length], proposal.cite)

    def node(self, *path: str) -> Tree:
        """The mapping at a path, made when it is not there."""
        node = self.tree
        for step in path:
            node = node.setdefault(step, {})
        return node

    def cite(self, *path: str) -> Citation:
        """Where a rule stands in the notice; the title when nothing was found for it."""
        return self.cites.get(path, self.home)

    def _finished(self, value: Any, path: Path) -> Any:
        """Lists in the place of #0, #1 …; a cite on every rule, last."""
        if not isinstance(value, dict):
            return value
        if value and all(key.startswith("#") for key in value):
            return [self._finished(each, (*path, key)) for key, each in value.items()]
        keys = sorted((key for key in value if key != "cite"), key=_rank)
        done = {key: self._finished(value[key], (*path, key)) for key in keys}
        if "cite" in value or _is_rule(path, value):
            done["cite"] = value.get("cite") or str_of(self.cite(*path))
        return done

    # What stands around the rules

    def _head(self) -> None:
        tree, found = self.tree, self.found
        title = str(found.value("title") or "")
        tree["title"] = title or "（通知没有标题）"
        tree["short_title"] = _short(title) or "活动"
        tree["accent"] = "ganhong"
        tree["timezone"] = "Asia/Shanghai"
        if "theme" not in tree:
            tree |= self.asking.ask(
                "theme",
                "通知没有写活动主题。对外用什么主题？",
                "opening",
                {"theme": "主题（一句话）"},
                {"title": ("用活动名称作主题", {"theme": tree["title"]})},
            )
        notice = self.node("notice")
        missing = {
            key: what
            for key, what in (("issuer", "发文单位"), ("issued", "印发日期（例如 2026-04-02）"))
            if key not in notice
        }
        if missing:
            notice |= self.asking.ask("notice", "通知由谁、在哪一天印发？", "opening", missing)
        notice.setdefault("cite", None)
        if "organisers" not in tree:
            tree |= self.asking.ask(
                "organisers",
                "主办单位是谁？",
                "opening",
                {"organisers": "主办、承办等（role、name、cite）"},
            )
        contacts = tree.get("contacts")
        if contacts is None:
            tree |= self.asking.ask(
                "contacts",
                "向谁咨询？",
                "opening",
                {"contacts": "联系人（names、phone、email、cite）"},
            )
        for key, contact in (contacts or {}).items():
            if "names" not in contact:
                gap = self.asking.ask(
                    f"contact{key}",
                    "电话、邮箱找谁？",
                    "opening",
                    {"names": "联系人姓名"},
                    cite=self.cite("contacts", key),
                )
                tree["contacts"][key] = {"names": gap["names"], **contact}

    def _variants(self) -> None:
        """One thing under two names: the notice must have meant one, but does not say which."""
        signed = [
            name for each in self.found.all if each.section == "落款"
            for name in re.split(r"[\s　、]{1,}", each.text.strip()) if len(name) >= 6
        ]  # fmt: skip
        for key, each in self.tree.get("organisers", {}).items():
            self._variant(
                ("organisers", key),
                each,
                [name for name in signed if _nearly(name, str(each["name"]))],
                "落款",
            )
        scopes = [
            (key, str(each["scope"]))
            for key, each in self.tree.get("contacts", {}).items()
            if "scope" in each
        ]
        for id, track in self.tree.get("tracks", {}).items():
            name = str(track["name"])
            other = [
                (key, scope)
                for key, scope in scopes
                if scope != name and sorted(scope) == sorted(name)
            ]
            for key, _ in other:
                self.tree["contacts"][key]["scope"] = name
            self._variant(("tracks", id), track, [scope for _, scope in other], "联系方式")

    def _variant(self, path: Path, node: Tree, others: list[str], where: str) -> None:
        name = str(node["name"])
        if others and others[0] != name:
            node["name"] = self.asking.ask(
                f"variant_{name}",
                f"正文写“{name}”，{where}写“{others[0]}”，以哪个为准？",
                "publication",
                {"name": "名称"},
                {
                    "body": ("以正文为准", {"name": name}),
                    "other": (f"以{where}为准", {"name": others[0]}),
                },
                self.cite(*path),
            )["name"]

    # Who enters, with what

    def _units(self) -> None:
        units = self.node("units")
        classes = units.get("classes")
        if classes is None:
            units |= self.asking.ask(
                "classes",
                "哪些单位可以参加，哪些必须参加？",
                "opening",
                {"classes": "单位类别（name、must_enter、may_enter、cite）"},
            )
        for id, each in (classes or {}).items():
            if "may_enter" not in each:
                each["may_enter"] = self.asking.ask(
                    f"may_{id}",
                    f"通知也发给了{each['name']}，但没有写它要报送。{each['name']}可以报送吗？",
                    "opening",
                    {"may_enter": "可以报送吗（是/否）"},
                    {
                        "no": ("不单独报送", {"may_enter": "否"}),
                        "yes": ("可以报送，不作强制", {"may_enter": "是"}),
                    },
                    self.cite("units", "classes", id),
                )["may_enter"]
        entries = units.setdefault("entries", {})
        names = {
            "min": "最少几件（整数）",
            "max": "最多几件（整数，或“不限”）",
            "consequence": "没有报送的单位怎么处理（一句话）",
        }
        missing = {
            key: what
            for key, what in names.items()
            if key not in entries and not (key == "consequence" and not entries.get("min"))
        }
        low = entries.get("min", 0)
        said = "未报送的单位在活动总结中说明"
        entries |= (
            self.asking.ask(
                "entries",
                "每个单位最少、最多报几件？"
                + ("没有报送的怎么处理？" if "consequence" in missing else ""),
                "opening",
                missing,
                {
                    "unlimited": ("不设上限", {"min": low, "max": "不限", "consequence": said}),
                    "one": ("每个单位限报 1 件", {"min": low, "max": 1, "consequence": said}),
                },
                self.cite("units", "entries") if ("units", "entries") in self.cites else None,
            )
            if missing
            else {}
        )
        entries["cite"] = str_of(self.cite("units", "entries"))

    def _tracks(self) -> None:
        tracks = self.node("tracks")
        if not tracks:
            gap = self.asking.ask(
                "track", "征集哪一类作品？", "opening", {"name": "作品类别的名称"}
            )
            tracks["work"] = {"name": gap["name"], "cite": str_of(self.home)}
        for id, track in tracks.items():
            self._themes(id, track)
            limit = track.pop("fields", {}).get("authors", {}).get("people_max")
            track |= self._fields(limit)
            self._slots(id, track)

    def _themes(self, id: str, track: Tree) -> None:
        if "themes" not in track:
            return
        themes = track["themes"]
        missing = {
            key: what
            for key, what in (
                ("min", "最少选几个方向（整数）"),
                ("max", "最多选几个方向（整数，或“不限”）"),
            )
            if key not in themes
        }
        if missing:
            options = {
                "one": ("只选一个方向", {"min": 1, "max": 1}),
                "many": ("可以选一个或几个方向", {"min": 1, "max": "不限"}),
            }
            gaps = self.asking.ask(
                "themes",
                "一件作品只选一个方向，还是可以选几个？",
                "opening",
                missing,
                options,
                self.cite("tracks", id, "themes"),
            )
            track["themes"] = {**gaps, **themes}

    def _fields(self, limit: Any) -> Tree:
        cite = str_of(self.home)
        authors: Tree = {
            "label": "作者",
            "kind": "people",
            "required": "是",
            "hint": "证书按这里的姓名和次序制作",
        }
        if limit is not None:
            authors["people_max"] = limit
            cite_authors = next(
                str_of(each.cite)
                for path, each in self.found.found.items()
                if path[-1] == "people_max" and path[0] == "tracks"
            )
        else:
            cite_authors = cite
        fields = {
            "title": {
                "label": "作品名称",
                "kind": "text",
                "required": "是",
                "max_chars": 40,
                "cite": cite,
            },
            "authors": {**authors, "cite": cite_authors},
            "contact": {
                "label": "联系人及电话",
                "kind": "text",
                "required": "是",
                "max_chars": 60,
                "cite": cite,
            },
        }
        return self.asking.ask(
            "fields",
            "报送时要填写哪些内容？",
            "opening",
            {"fields": "表单的栏目（label、kind、required、cite）"},
            {"usual": ("作品名称、作者、联系人及电话", {"fields": fields})},
            also="报名表的样式见附件的，照附件填写。",
        )

    def _slots(self, id: str, track: Tree) -> None:
        slots = track.setdefault("slots", {})
        if "main" not in slots and not any(
            each.get("role") in {"script", "companion"} for each in slots.values()
        ):
            missing = self._missing_attachments()
            ask = "作品以什么文件交，有什么规格？"
            gap = self.asking.ask(
                "main",
                ask,
                "opening",
                {
                    f"{id}_work": "作品文件（name、kind、min、max、accept、max_size、requirements、cite）"
                    for id in self.tree["tracks"]
                },
                cite=missing[0] if missing else None,
                also=f"附件没有随通知提供：{'、'.join(each.words for each in missing)}。照附件填写，不要自拟。"
                if missing
                else "",
            )
            slots["main"] = gap[f"{id}_work"]
        for slot, each in slots.items():
            if isinstance(each, dict):
                self._slot(slot, each, self.cite("tracks", id, "slots", slot))

    def _slot(self, id: str, slot: Tree, cite: Citation) -> None:
        names = {"min": "min_files", "max": "max_files", "accept": "accept"}
        if id == "main":
            names["max_size"] = "max_size"
        missing = {key: name for key, name in names.items() if key not in slot}
        kind = str(slot["kind"])
        usual = {
            "video": [".mp4", ".mov"], "audio": [".mp3", ".wav"], "image": [".jpg", ".jpeg", ".png"],
            "document": [".docx", ".pdf"], "source": [".psd", ".ai", ".zip"], "form": [".pdf", ".jpg", ".docx"],
        }.get(kind, [".pdf"])  # fmt: skip
        size = {"video": "4 GB", "audio": "200 MB"}.get(kind, "50 MB")
        sets = {
            "min_files": slot.get("min", 1),
            "max_files": max(1, int(slot.get("min", 1))),
            "accept": usual,
            "max_size": size,
        }
        if missing:
            said = "、".join(usual if "accept" in missing else [])
            gaps = self.asking.ask(
                f"slot_{id}",
                f"“{slot['name']}”交几个文件、什么格式、最大多大？",
                "opening",
                {name: MEANINGS[name] for name in missing.values()},
                {
                    "usual": (
                        f"一个文件{'，' + said if said else ''}{'，不超过 ' + size if 'max_size' in missing else ''}",
                        sets,
                    )
                },
                cite,
            )
            for key, name in missing.items():
                slot[key] = gaps[name]
        for each in slot.get("requirements", {}).values():
            self._effect(each)

    def _missing_attachments(self) -> list[Citation]:
        """Attachments that the notice names and that do not follow it."""
        there = {
            each.section
            for each in self.found.all
            if re.match(r"附件[0-9一二三四五六七八九十]", each.section)
        }
        named = [each for each in self.found.all if each.section == "附件" and not each.heading]
        alone = any(
            each.section == "附件" and each.heading and each.text.strip()[-1] not in ":："
            for each in self.found.all
        )
        return [] if there or alone else [each.cite() for each in named]

    def _requirements(self) -> None:
        for each in self.node("requirements").values():
            self._effect(each)
        self.node("declarations")

    def _novelty(self) -> None:
        ban = self.tree.get("novelty", {}).get("prior_award_ban", {"levels": []})
        if "levels" not in ban:
            options: dict[str, tuple[str, Tree]] = {
                "any": ("任何级别的都算", {"levels": ["unit", "city", "province", "nation"]}),
                "provincial": ("省级和国家级的", {"levels": ["province", "nation"]}),
            }
            ban |= self.asking.ask(
                "levels",
                "获过哪些级别的奖就不能再参加？",
                "opening",
                {"levels": "级别（unit、city、province、nation）"},
                options,
                self.cite("novelty", "prior_award_ban"),
            )

    def _effect(self, requirement: Tree) -> None:
        if "prefer" in requirement:
            requirement["effect"] = self.asking.ask(
                "effect",
                "“优先”怎样体现？通知没有给分值。",
                "judging",
                {"effect": "none 只作倡导、tie_break 并列时参考、bonus 打分时体现"},
                {
                    "none": ("只作倡导，不影响名次", {"effect": "none"}),
                    "tie_break": ("只在并列时参考", {"effect": "tie_break"}),
                    "bonus": ("评委打分时酌情体现", {"effect": "bonus"}),
                },
            )["effect"]

    # When, and by which rounds

    def _windows(self) -> None:
        self.node("windows").setdefault("submission", {})
        for id, window in self.tree["windows"].items():
            self._window(id, window)

    def _window(self, id: str, window: Tree) -> None:
        keys = {
            "opens": "opens",
            "closes": "closes",
            "closes_inclusive": "inclusive",
            "basis": "basis",
            "late": "late",
            "begun_counts": "begun_counts",
        }
        missing = {key: name for key, name in keys.items() if key not in window}
        cite = self.cite("windows", id)
        said = self.found.value("windows", id, "closes_day")
        opened = self.found.value("windows", id, "opens_day")
        issued = self.found.value("notice", "issued")
        sets: Tree = {
            "inclusive": "否",
            "basis": "server_received",
            "late": "reject",
            "begun_counts": "否",
        }
        if said is not None:
            sets["closes"] = f"{said} 24:00"
        if opened is not None:
            sets["opens"] = f"{opened} 00:00"
        elif issued is not None:
            sets["opens"] = f"{date.fromisoformat(str(issued)) + timedelta(days=1)} 00:00"
        means = "；".join(
            {
                "opens": "写明的那天零时开始" if opened else "印发次日零时开始", "closes": "截止当天 24:00 截止", "inclusive": "截止的那一刻不算按时",
                "basis": "以服务器收全文件为准", "late": "逾期不收", "begun_counts": "截止后才传完的不算",
            }[name]
            for name in missing.values()
        )  # fmt: skip
        name = {"submission": "报送", "register": "报名", "collect": "汇总报送"}[id]
        gaps = self.asking.ask(
            f"window_{id}",
            f"{name}的起止、以什么为准、截止的那一刻算不算，通知没有都写明。怎样定？",
            "opening",
            {name: MEANINGS[name] for name in missing.values()},
            {
                "usual": (means, sets),
                "inclusive": (means.replace("不算按时", "算按时"), {**sets, "inclusive": "是"}),
            },
            cite,
        )
        for key, name in missing.items():
            window[key] = gaps[name]
        window.setdefault("original", "通知没有写时间")
        window["cite"] = str_of(cite)

    def _naming(self) -> None:
        for key, each in self.tree.get("naming", {}).items():
            words = str(self.found.value("naming", key, "words"))
            options = {}
            for name, plus, means in (
                ("literal_plus", "+", "加号要写出来"),
                ("concatenation", "", "加号只表示连接，不写出来"),
            ):
                if template := _template(words, plus):
                    options[name] = (
                        f"{means if '+' in words else '照原样'}；重名时在后面加 -2、-3",
                        {"template": template, "collision": "-{n}"},
                    )
                if "+" not in words:
                    break
            each |= self.asking.ask(
                f"naming{key}",
                f"命名格式“{words}”怎样落实？{'加号要不要写出来？' if '+' in words else ''}重名怎么办？",
                "opening",
                {
                    "template": "命名的样式，用 {unit} {title} {author} 等标出要替换的位置",
                    "collision": "重名时加什么，例如 -{n}",
                },
                options,
                self.cite("naming", key),
            )

    def _rounds(self) -> None:
        rounds = self.node("rounds")
        if not rounds:
            rounds["review"] = self.asking.ask(
                "round",
                "作品怎样评审？",
                "judging",
                {
                    "round": "评审的轮次（name、kind、input、panel、min_judges、recuse_own_unit、scheme、cite）"
                },
            )["round"]
            return
        fed = {each["input"] for each in rounds.values()}
        for id, each in rounds.items():
            if each["kind"] == "screening":
                continue
            names = {key: key for key in ROUND_KEYS if key not in each}
            if id in fed and "advance" not in each:
                names["advance"] = "advance"
            scheme = each.get("scheme", {})
            if not scheme.get("criteria"):
                names["scheme"] = "scheme"
                each.pop("scheme", None)
            else:
                self._scheme(id, scheme)
            usual: Tree = {"panel": "评审委员会", "min_judges": 3, "recuse_own_unit": "是"}
            if names:
                gaps = self.asking.ask(
                    f"round_{id}",
                    f"“{each['name']}”由谁评、几位评委、怎样打分，通知没有都写明。怎样定？",
                    "judging",
                    {name: MEANINGS[name] for name in names},
                    {"usual": ("评审委员会，每件至少 3 位评委，回避本单位作品", usual)},
                    self.cite("rounds", id),
                )
                each |= gaps

    def _scheme(self, id: str, scheme: Tree) -> None:
        cite = self.cite("rounds", id, "scheme")
        criteria = scheme["criteria"]
        count = len(criteria)
        unknown = not all("max" in each for each in criteria.values())
        total = Decimal(str(scheme.get("total", 100)))
        names = [key for key in SCHEME_KEYS if key not in scheme]
        inner = [("max", "points"), ("weight", "weight"), ("min", "min")] if unknown else []
        inner.append(("step", "step"))
        sets: Tree = {
            "points": f"{(total / count).normalize():f}", "weight": 1, "min": 0, "step": "0.5", "total": f"{total:f}",
            "aggregate": "trimmed_mean", "drop_high": 1, "drop_low": 1, "drop_only_if_at_least": 5, "rounding_places": 2,
            "rounding_mode": "half_up", "tie_break": [*(f"criterion {each}" for each in criteria), "committee"],
        }  # fmt: skip
        usual = total % count == 0 or not unknown
        words = f"每项 {sets['points']} 分；" if unknown else ""
        gaps = self.asking.ask(
            f"scheme_{id}",
            "分值、档距、合分、去高低分、小数和并列，通知没有都写明。怎样定？",
            "opening",
            {name: MEANINGS[name] for name in [*(name for _, name in inner), *names]},
            {
                "usual": (
                    f"{words}0.5 分一档；去掉一个最高分和一个最低分后平均（不足 5 份时直接平均），保留两位小数、四舍五入；并列时依次比较各评分项，再由评委会决定（通知写明的照通知）",
                    sets,
                )
            }
            if usual
            else {},
            cite,
        )
        for each in criteria.values():
            for key, name in inner:
                each[key] = gaps[name]
        for name in names:
            scheme[name] = gaps[name]
        scheme["cite"] = str_of(cite)

    # What comes of it

    def _awards(self) -> None:
        awards = self.tree.get("awards")
        if awards is None:
            self.tree |= self.asking.ask(
                "awards",
                "设哪些奖、各几名？",
                "awards",
                {"awards": "奖项（name、group、count、decided_by、cite）"},
            )
        self._counts(awards or {})
        for id, each in (awards or {}).items():
            if "decided_by" not in each:
                gap = self.asking.ask(
                    "special_by",
                    "单项奖由谁定：按名次，还是由评委会评议？",
                    "awards",
                    {"decided_by": "ranking 按名次、committee 评委会评议"},
                    {
                        "committee": ("由评委会评议并记录理由", {"decided_by": "committee"}),
                        "ranking": ("按名次", {"decided_by": "ranking"}),
                    },
                    self.cite("awards", id),
                )
                each["decided_by"] = gap["decided_by"]
        prizes = self.node("prizes")
        if "stacking" not in prizes:
            prizes |= self.asking.ask(
                "stacking",
                "一件作品可以同时得几个奖吗？",
                "awards",
                {"stacking": "stack 可以兼得、exclusive 不可兼得"},
                {
                    "stack": ("可以兼得", {"stacking": "stack"}),
                    "exclusive": ("只能得一个奖", {"stacking": "exclusive"}),
                },
            )
        paid = any("money_each" in each for each in (awards or {}).values())
        if paid and "recipient" not in prizes:
            prizes |= self.asking.ask(
                "recipient",
                "奖金发给单位，还是由作者分配？",
                "awards",
                {"recipient": "unit 单位、authors 作者"},
                {
                    "unit": ("发给获奖单位", {"recipient": "unit"}),
                    "authors": ("发给获奖作者", {"recipient": "authors"}),
                },
                self.cite("prizes"),
            )
        prizes.setdefault("cite", None)

    def _counts(self, awards: dict[str, Tree]) -> None:
        """One question for the awards of a group whose number is not written."""
        groups: dict[str, list[str]] = {}
        for id, each in awards.items():
            if "count" not in each and "discretionary" not in each:
                groups.setdefault(str(each["group"]), []).append(id)
        for group, ids in groups.items():
            implied = self.found.implied if all("money_each" in awards[id] for id in ids) else None
            options = (
                {"implied": (f"各 {implied} 名（由奖金总额推出）", dict.fromkeys(ids, implied))}
                if implied
                else None
            )
            names = "、".join(str(awards[id]["name"]) for id in ids)
            gaps = self.asking.ask(
                f"count_{group}",
                f"{names}各评几名？",
                "awards",
                {id: f"{awards[id]['name']}几名（整数）" for id in ids},
                options,
                self.cite("awards", ids[0]),
            )
            for id in ids:
                awards[id]["count"] = gaps[id]

    def _afterwards(self) -> None:
        tree = self.tree
        if "recommendation" in tree and "max" not in tree["recommendation"]:
            tree["recommendation"] |= self.asking.ask(
                "recommend",
                "向上级推荐几件？由谁定？",
                "publication",
                {"max": "最多几件（整数，或“不限”）"},
                {"later": ("视上级通知，由主办方届时确定", {"max": "不限"})},
                self.cite("recommendation"),
            )
        if "publication" in tree and "licence" not in tree["declarations"]:
            text = "作者同意主办单位以公益目的无偿展示本作品；授权自报送之日起三年，可以书面撤回，撤回后不再新增展示。"
            cite = str_of(self.cite("publication"))
            licence = {"text": text, "signatory": "author", "when": "submit", "cite": cite}
            tree["declarations"]["licence"] = self.asking.ask(
                "licence",
                "作品要公开展示，但通知没有取得作者的授权。要不要加一份授权承诺？",
                "opening",
                {"licence": "承诺的全文（text、signatory、when、cite），不要的写“不设”"},
                {
                    "add": ("加一份三年期的展示授权", {"licence": licence}),
                    "none": ("不加，展示前再逐件取得授权", {"licence": "不设"}),
                },
                self.cite("publication"),
            )["licence"]
        if "objections" not in tree:
            tree |= self.asking.ask(
                "objections",
                "公布结果之前要不要公示？公示几天？",
                "publication",
                {"objections": "公示的天数（days）和出处（cite）"},
                {
                    "none": ("不公示，直接公布结果", {"objections": "不设"}),
                    "five_days": (
                        "公示 5 天",
                        {"objections": {"days": 5, "cite": str_of(self.home)}},
                    ),
                },
            )


RANK = (
    "number", "issuer", "issued", "role", "names", "name", "must", "should", "prefer", "text", "to", "kind", "group",
    "count", "discretionary", "money_each", "in_kind", "input", "panel", "checked_by", "predicate", "opens", "closes",
    "closes_inclusive", "min", "max", "accept", "step", "weight", "criteria", "total", "themes", "fields", "slots",
)  # fmt: skip


def _rank(key: str) -> int:
    """The order in which people read a rule; what is not listed follows, as it was found."""
    return RANK.index(key) if key in RANK else len(RANK)


def _nearly(one: str, other: str) -> bool:
    """Two spellings of one name: equal but for a character or two."""
    return one == other or SequenceMatcher(None, one, other).ratio() > 0.9


CONTAINERS = frozenset({
    "units", "classes", "tracks", "options", "slots", "requirements", "divisions", "person_caps",
    "novelty", "declarations", "windows", "rounds", "criteria", "components", "panels", "awards", "terms",
})  # fmt: skip


def _is_rule(path: Path, value: Tree) -> bool:
    """Whether the language wants a cite here: a mapping of values, not one of things by their ids."""
    return bool(value) and path[-1] not in CONTAINERS


def _template(words: str, plus: str) -> str | None:
    """The template for a naming rule; None when it names something that no place stands for."""
    parts = []
    for part in re.split(r"([+＋\-—_－·])", words):
        if re.fullmatch(r"[+＋]", part):
            parts.append(plus)
        elif re.fullmatch(r"[\-—_－·]", part):
            parts.append(part)
        else:
            places = [place for pattern, place in PLACES if re.fullmatch(pattern, part.strip())]
            parts.append(places[0] if places else part.strip())
    template = "".join(parts)
    return template if "{" in template else None


def _short(title: str) -> str:
    """A short name: what stands in quotes, or the beginning without the year."""
    quoted = re.search(r"[“\"《]([^”\"》]{2,12})", title)
    plain = re.sub(r"^[0-9]{4}年(?:度)?", "", title)
    return (re.split(r"[，,]", quoted[1])[0] if quoted else plain)[:12]


def _first(found: Iterable[Sentence]) -> Citation:
    sentence = next(iter(found), None)
    return sentence.cite() if sentence else Citation(section="正文", words="全文")


__all__ = ["Assembly"]
