"""企业微信: a member of the hospital's own 企业微信, inside it or by its QR code.

Protocol: developer.work.weixin.qq.com, 网页授权登录 (snsapi_base) and 企业微信登录组件 (CorpApp). Members only:
an outside contact (external_userid) has no account here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from fengcai.engines.identity.asking import ask_json, error_of, text_of
from fengcai.engines.identity.vouching import Identity, NotVouched

PROVIDER = "wecom"
NAME = "企业微信"
API = "https://qyapi.weixin.qq.com"
OPEN = "https://open.weixin.qq.com"
SCAN = "https://login.work.weixin.qq.com"
INVALID_CODE = (40029, 42003, 50001)

AGAIN = "企业微信没有确认您的身份，可能是停留太久了。请再试一次，或换一种方式登录。"
MISSET = "企业微信登录还没有设置好，现在用不了。请换一种方式登录，并告诉管理员。"
STRANGER = "您不是本单位企业微信的成员，不能用它登录。请换一种方式登录。"
MENDS = {
    40001: "FENGCAI_WECOM_SECRET 不对：在管理后台的应用详情里查看 Secret 后重填",
    40013: "FENGCAI_WECOM_CORPID 不对：照管理后台“我的企业”里的企业 ID 重填",
    40056: "FENGCAI_WECOM_AGENTID 不对：照应用详情里的 AgentId 重填",
    60020: "这台服务器的出口 IP 不在应用的“企业可信 IP”里：把它加进去",
}
BUSY = (-1, 45009)


@dataclass(frozen=True)
class WeCom:
    """One self-built application (自建应用) of one enterprise."""

    corpid: str
    agentid: str
    secret: str = field(repr=False)
    api: str = API
    open: str = OPEN
    scan: str = SCAN

    def authorize_url(self, *, redirect_uri: str, state: str, inside: bool) -> str:
        """Where to send the browser: nothing to tap inside 企业微信, a QR code elsewhere."""
        corpid, agentid = quote(self.corpid, safe=""), quote(self.agentid, safe="")
        back, state = quote(redirect_uri, safe=""), quote(state, safe="")
        if inside:
            return (
                f"{self.open}/connect/oauth2/authorize?appid={corpid}&redirect_uri={back}"
                f"&response_type=code&scope=snsapi_base&state={state}&agentid={agentid}"
                "#wechat_redirect"
            )
        return (
            f"{self.scan}/wwlogin/sso/login?login_type=CorpApp&appid={corpid}"
            f"&agentid={agentid}&redirect_uri={back}&state={state}"
        )

    def identity(self, code: str) -> Identity:
        """Whom a code stands for; it is good once. Raises NotVouched."""
        found = _checked(
            ask_json(
                f"{self.api}/cgi-bin/auth/getuserinfo",
                {"access_token": self._token(), "code": code},
                name=NAME,
            )
        )
        # The member's id is `userid`; older gateways spell it `UserId`.
        userid = text_of(found, "userid", most=64) or text_of(found, "UserId", most=64)
        if not userid:
            raise NotVouched(STRANGER, why="no member of the enterprise", again=False)
        return Identity(provider=PROVIDER, subject=f"{self.corpid}:{userid}", login=userid)

    def probe(self) -> None:
        """Fetch a token as signing in does. Raises NotVouched with what is to be mended."""
        self._token()

    def _token(self) -> str:
        """The application's token. Asked anew: it is the same one for two hours, and nothing is kept."""
        found = _checked(
            ask_json(
                f"{self.api}/cgi-bin/gettoken",
                {"corpid": self.corpid, "corpsecret": self.secret},
                name=NAME,
            )
        )
        token = text_of(found, "access_token", most=512)
        if not token:
            raise NotVouched(MISSET, why="gettoken answered without a token")
        return token


def _checked(found: dict[str, object]) -> dict[str, object]:
    errcode = error_of(found)
    if not errcode:
        return found
    why = f"errcode {errcode}"
    if errcode in INVALID_CODE:
        raise NotVouched(AGAIN, why=why)
    if errcode in BUSY:
        raise NotVouched(AGAIN, why=why, mend="稍后再试；一直如此，看企业微信的接口调用额度")
    raise NotVouched(
        MISSET,
        why=why,
        mend=MENDS.get(errcode, f"在企业微信开发文档里查全局错误码 {errcode}"),
        again=False,
    )
