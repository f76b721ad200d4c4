"""The shipped notice and the purposes that need a consent of their own. Words only; no row is read.

Source: 个人信息保护法 §17 (what a notice tells), §23 (passing on), §25 (making public), §28 to §29 (sensitive
data), §44 to §48 (rights), §15 (withdrawal).
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    ("账号与联系方式", "姓名或岗位、所在科室（单位）、手机号、邮箱、登录用的标识（密码只存校验值）", "登录、联系报送事宜、催报和通知"),
    ("作品与署名", "您提交的作品、作者和出镜者的姓名、职称、承诺与授权", "审核、评审、评奖、公示、展播、发证"),
    ("评审", "评委的姓名、单位、回避关系、打分和评语", "评审与复核；公布时只写评委席次"),
    ("操作记录", "登录时间、来访地址、设备、办理的步骤", "账号安全、审计（网络日志不少于六个月）"),
)  # fmt: skip
RETENTION = (
    "活动结束后三年内删除联系方式和没有入选的作品；获奖作品、名单和证书核验所需的内容随活动档案保存；"
    "登录等网络日志至少保存六个月；撤回同意或达到目的的，不再保留。"
)
RIGHTS = (
    "您可以随时查看和复制自己的信息，要求更正、补充或删除，撤回单独同意，要求说明处理规则；"
    "在登录后的“个人信息”页办理，或找上面的联系人。对答复不满意的，可以向网信部门投诉。"
)


@dataclass(frozen=True)
class Purpose:
    """Something that is done only with a consent of its own, in the words that are agreed to.

    Nothing is done before it is given. `at_once` is what the system stops in the moment of a
    withdrawal, `by_hand` what only people can still do: the office has it as a request with a day.
    """

    key: str
    title: str
    asks: str
    at_once: str
    by_hand: str
    basis: str

    @property
    def withdrawal(self) -> str:
        """What follows from taking it back, for whoever is asked."""
        return f"{self.at_once}{self.by_hand}"


PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "publish",
        "公开我的姓名",
        "同意在获奖名单、公示、作品展播和证书核验页公开我的姓名和所在科室（单位）。",
        "活动网站的展播、结果和证书核验页立即不再出现您的姓名；参评和评奖不受影响。",
        "已经写进公告、公众号和印刷品的，由组织者逐处改掉；已印发的无法收回。",
        "个人信息保护法 §25",
    ),
    Purpose(
        "pass_on",
        "转交给上级活动的主办方",
        "同意在作品被推荐到上级比赛时，把我的姓名、单位和联系方式交给那个比赛的主办方。",
        "以后报送上级的文件名和表格立即不再有您的姓名和联系方式，写有您姓名的下载包停止下载；"
        "没有这些信息，作品可能不被上级比赛接受。",
        "已经转交的，由组织者告知对方删除。",
        "个人信息保护法 §23",
    ),
    Purpose(
        "sensitive",
        "处理我的敏感信息",
        "同意为发放奖金、稿费、评审费而处理我的身份证号和银行账号；不需要发放时不收集。",
        "系统里不保存身份证号和银行账号，没有需要停的；还没有发放的奖金、稿费、评审费可能无法发放。",
        "组织者另行收集的，由组织者删除。",
        "个人信息保护法 §28、§29",
    ),
)
KNOWN = {purpose.key: purpose for purpose in PURPOSES}
REQUESTS = (
    ("correct", "更正或补充我的信息"),
    ("delete", "删除我的信息"),
    ("other", "请说明，或办理别的事"),
)
"""What may be asked of the office."""
