"""Who takes part in the demo editions: units of a hospital and people named by their posts.

Nobody here is a real person; the departments are those that any hospital has.
"""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "yikeyifengcai-2026"  # noqa: S105  (demo logins, offered on loopback only)

SHOWN_UNIT = "心病科"
"""The unit whose contact and head have a password; the others come in by personal links."""


@dataclass(frozen=True)
class Department:
    """A unit of the demo roster. `code` is the start of its people's account names."""

    code: str
    name: str
    unit_class: str
    parent: str = ""


DEPARTMENTS = (
    Department("xnk", "心病科", "临床科室"),
    Department("zjk", "针灸科", "临床科室"),
    Department("tnk", "推拿科", "临床科室"),
    Department("kfk", "康复医学科", "临床科室"),
    Department("pwk", "脾胃病科", "临床科室"),
    Department("fbk", "肺病科", "临床科室"),
    Department("gsk", "骨伤科", "临床科室"),
    Department("ek", "儿科", "临床科室"),
    Department("fk", "妇科", "临床科室"),
    Department("jzk", "急诊医学科", "临床科室"),
    Department("icu", "重症医学科", "临床科室"),
    Department("wbk", "治未病科", "临床科室"),
    Department("jyk", "检验科", "医技科室"),
    Department("yxk", "放射影像科", "医技科室"),
    Department("yjk", "药学部", "医技科室"),
    Department("hlb", "护理部", "行政职能部门"),
    Department("kjc", "科教处", "行政职能部门"),
    Department("dyb", "党员服务办公室", "行政职能部门"),
    Department("hqb", "后勤保障部（含膳食营养与院容院貌管理中心）", "行政职能部门"),
)

PHONES = {"zjk-lly": "13900000001"}
"""The demo number of a contact without a password, so that signing in by a code opens something."""

JUDGES = (
    ("pw1", "评委一（影视创作）", ""),
    ("pw2", "评委二（中医内科）", "心病科"),
    ("pw3", "评委三（护理）", "护理部"),
    ("pw4", "评委四（新闻宣传）", ""),
    ("pw5", "评委五（医学人文）", ""),
    ("pw6", "评委六（科研教学）", "科教处"),
    ("pw7", "评委七（患者代表）", ""),
)

ADMINISTRATOR = ("guanli", "系统管理员")
OFFICE = (
    ("xuanchuan", "宣传科（组织者）", "organiser"),
    ("shenhe", "作品审核员", "reviewer"),
)


def demo_logins() -> tuple[tuple[str, str], ...]:
    """(account, post) of everybody who has the demo password."""
    return (
        *((code, post) for code, post, _ in OFFICE),
        ADMINISTRATOR,
        ("xnk-lly", f"{SHOWN_UNIT}联络员"),
        ("xnk-fzr", f"{SHOWN_UNIT}负责人"),
        JUDGES[0][:2],
    )


def roster_table() -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The roster as an officer's table would be: headers, and (line, cells) of each row."""
    headers = ["科室名称", "科室类别", "上级单位", "联络员", "联系电话", "负责人"]
    rows = [
        (line, [d.name, d.unit_class, d.parent, "", "", ""])
        for line, d in enumerate(DEPARTMENTS, start=2)
    ]
    return headers, rows
