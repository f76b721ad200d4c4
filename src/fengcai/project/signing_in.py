"""Settings of the ways of signing in by somebody else's word: OIDC, WeChat, 企业微信, CAS, LDAP."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from fengcai.project.addresses import of_schemes, on_this_machine


class SigningIn(BaseSettings):
    """Further ways of signing in; each is offered once it is set whole."""

    oidc_issuer: str = Field(default="", description="单位统一认证（OpenID Connect）的 issuer 地址")
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = Field(default="单位统一认证", description="登录页按钮上的名称")
    oidc_match: Literal["link", "username"] = Field(
        default="link",
        description="link：只认事先绑定的账号；username：preferred_username 与账号名相同即绑定",
    )
    # Further ways of signing in; each is offered once it is set whole.
    wechat_appid: str = Field(default="", description="微信内登录：已认证服务号的 AppID")
    wechat_secret: str = Field(default="", description="WECHAT_APPID 的 AppSecret")
    wechat_site_appid: str = Field(
        default="", description="电脑上微信扫码登录：微信开放平台“网站应用”的 AppID"
    )
    wechat_site_secret: str = Field(default="", description="WECHAT_SITE_APPID 的 AppSecret")
    wechat_api: str = Field(
        default="https://api.weixin.qq.com",
        description="微信接口的地址；内网经代理出去的，写代理的地址",
    )
    wecom_corpid: str = Field(default="", description="企业微信登录：企业 ID")
    wecom_agentid: str = Field(default="", description="企业微信自建应用的 AgentId")
    wecom_secret: str = Field(default="", description="企业微信自建应用的 Secret")
    wecom_api: str = Field(
        default="https://qyapi.weixin.qq.com",
        description="企业微信接口的地址；经代理出去的，写代理的地址",
    )
    wecom_match: Literal["link", "username"] = Field(
        default="link", description="link：只认事先绑定的账号；username：成员账号与账号名相同即绑定"
    )
    cas_url: str = Field(
        default="",
        description="CAS 统一身份认证的地址，写到 /login 之前为止，如 https://cas.单位域名/cas",
    )
    cas_version: Literal[2, 3] = 3
    cas_name: str = Field(default="统一身份认证", description="登录页按钮上的名称")
    cas_match: Literal["link", "username"] = Field(
        default="link",
        description="link：只认事先绑定的账号；username：CAS 用户名与账号名相同即绑定",
    )
    ldap_url: str = Field(
        default="", description="单位账号目录：ldaps://主机，或 ldap://主机 加 LDAP_STARTTLS=1"
    )
    ldap_starttls: bool = False
    ldap_ca: str = Field(default="", description="目录的证书由单位自签时：根证书文件的路径")
    ldap_base: str = Field(default="", description="从哪里找人，如 ou=people,dc=example,dc=cn")
    ldap_bind_dn: str = Field(default="", description="查找用的只读账号；留空则匿名查找")
    ldap_bind_password: str = ""
    ldap_filter: str = Field(
        default="(uid={name})", description="活动目录用 (sAMAccountName={name})"
    )
    ldap_name: str = Field(default="单位账号", description="登录页按钮上的名称")
    ldap_match: Literal["link", "username"] = Field(
        default="link", description="link：只认事先绑定的账号；username：单位账号与账号名相同即绑定"
    )

    @field_validator("ldap_url")
    @classmethod
    def _known_directory(cls, value: str) -> str:
        return of_schemes(value, "ldaps", "ldap")

    @field_validator("ldap_filter")
    @classmethod
    def _named_filter(cls, value: str) -> str:
        if "{name}" not in value:
            raise ValueError("须含 {name}，登录时换成所填的账号，例如 (uid={name})")
        return value

    @field_validator("oidc_issuer", "cas_url", "wechat_api", "wecom_api")
    @classmethod
    def _safe_issuer(cls, value: str) -> str:
        at = urlsplit(of_schemes(value, "https", "http"))
        if at.scheme == "http" and not on_this_machine(value):
            raise ValueError("须以 https:// 开头（明文连接上的认证结果可以被改动）")
        return value

    @model_validator(mode="after")
    def _signing_whole(self) -> Self:
        """Half a way of signing in is an error."""
        oidc = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(oidc) and not all(oidc):
            raise ValueError(
                "FENGCAI_OIDC_ISSUER、FENGCAI_OIDC_CLIENT_ID 与 FENGCAI_OIDC_CLIENT_SECRET 要一起设"
            )
        for whole in (
            ("wechat_appid", "wechat_secret"),
            ("wechat_site_appid", "wechat_site_secret"),
            ("wecom_corpid", "wecom_agentid", "wecom_secret"),
            ("ldap_url", "ldap_base"),
        ):
            given = [bool(getattr(self, name)) for name in whole]
            if any(given) and not all(given):
                raise ValueError(
                    "、".join(f"FENGCAI_{name.upper()}" for name in whole) + " 要一起设"
                )
        if self.ldap_url.startswith("ldap://") and not self.ldap_starttls:
            raise ValueError(
                "FENGCAI_LDAP_URL 用 ldap:// 时密码会明文传输：改用 ldaps://，或设 FENGCAI_LDAP_STARTTLS=1"
            )
        return self
