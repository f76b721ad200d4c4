"""WeChat's web authorisation: inside WeChat by a service account (服务号), elsewhere by a QR code of
the open platform (网站应用). Protocol: developers.weixin.qq.com, 网页授权 and 微信登录功能.

Only the openid is asked for (snsapi_base inside WeChat: nothing to tap); names are asked in our own
forms. The two doors give one person two openids; a unionid joins them where both belong to one open
platform account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from fengcai.engines.identity.asking import ask_json, error_of, text_of
from fengcai.engines.identity.vouching import Identity, NotVouched

PROVIDER = "wechat"
NAME = "微信"
API = "https://api.weixin.qq.com"
OPEN = "https://open.weixin.qq.com"
INVALID_CODE = (40029, 40163, 41008, 42003)

AGAIN = "微信没有确认您的身份，可能是停留太久了。请再试一次，或换一种方式登录。"
MISSET = "微信登录还没有设置好，现在用不了。请换一种方式登录，并告诉管理员。"
MENDS = {
    40013: "FENGCAI_WECHAT_APPID（或 SITE_APPID）不对：照公众平台（或开放平台）上的 AppID 重填",
    40125: "FENGCAI_WECHAT_SECRET（或 SITE_SECRET）不对：在微信后台重置 AppSecret 后重填",
    40164: "这台服务器的出口 IP 不在公众平台的“IP 白名单”里：把它加进去",
    48001: "这个公众号没有网页授权的权限：须是已认证的服务号",
    10003: "回调域名与公众平台“网页授权域名”不一致：填本站的域名，不带 https://",
}
BUSY = (-1, 45009, 45011)


@dataclass(frozen=True)
class WeChat:
    """One door: an application with its secret. `inside` is the service account's, for pages that are
    open in WeChat; otherwise a website's, for a QR code on a computer."""

    appid: str
    secret: str = field(repr=False)
    inside: bool = True
    api: str = API
    open: str = OPEN

    def authorize_url(self, *, redirect_uri: str, state: str) -> str:
        """Where to send the browser. WeChat insists on this order of parameters, and on the fragment."""
        page = "oauth2/authorize" if self.inside else "qrconnect"
        scope = "snsapi_base" if self.inside else "snsapi_login"
        return (
            f"{self.open}/connect/{page}?appid={quote(self.appid, safe='')}"
            f"&redirect_uri={quote(redirect_uri, safe='')}&response_type=code"
            f"&scope={scope}&state={quote(state, safe='')}#wechat_redirect"
        )

    def identity(self, code: str) -> Identity:
        """Whom a code stands for; it is good once. Raises NotVouched."""
        found = ask_json(
            f"{self.api}/sns/oauth2/access_token",
            {
                "appid": self.appid,
                "secret": self.secret,
                "code": code,
                "grant_type": "authorization_code",
            },
            name=NAME,
        )
        if errcode := error_of(found):
            raise _refused(errcode)
        openid = text_of(found, "openid")
        if not openid:
            raise NotVouched(AGAIN, why="the answer holds neither openid nor errcode")
        return Identity(
            provider=PROVIDER,
            subject=f"{self.appid}:{openid}",
            joint=text_of(found, "unionid"),
            passing=_is_set(found.get("is_snapshotuser")),
        )

    def probe(self) -> None:
        """Ask with a code that cannot be right: only the right application with its secret is told
        so. Changes nothing at WeChat. Raises NotVouched with what is to be mended."""
        try:
            self.identity("fengcai-doctor")
        except NotVouched as refusal:
            if not refusal.mend and refusal.why.startswith("errcode ") and refusal.again:
                return
            raise


def _refused(errcode: int) -> NotVouched:
    why = f"errcode {errcode}"
    if errcode in INVALID_CODE:
        return NotVouched(AGAIN, why=why)
    if errcode in BUSY:
        text = "微信那边正忙，没有登录。请稍等片刻再试，或换一种方式登录。"
        return NotVouched(text, why=why, mend="稍后再试；一直如此，看公众平台的接口调用额度")
    return NotVouched(
        MISSET,
        why=why,
        mend=MENDS.get(errcode, f"在微信开放文档里查全局返回码 {errcode}"),
        again=False,
    )


def _is_set(flag: object) -> bool:
    """WeChat sends 1; anything but an absent or plainly false flag is taken for one."""
    return flag not in (None, 0, "0", "", False)
