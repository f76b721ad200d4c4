"""What the pages of the setup show: each step with where it stands, and settings ready to copy.

Nothing is written here. What lives in the environment is explained; what lives in the database has a
form.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from fengcai.apps.assets.quarantine import scanner
from fengcai.apps.entries.room import Forecast, forecasts
from fengcai.apps.people.privacy.queries import installation
from fengcai.apps.people.queries import has_administrator
from fengcai.engines import antivirus, jobs
from fengcai.engines.storage import store

GIB = 2**30
MIB = 2**20
KEPT_FREE = 10 * GIB
"""Below this `fengcai doctor` warns; the forecast leaves it alone."""


@dataclass(frozen=True)
class Step:
    """One page of the setup. `done` is None where there is nothing to finish."""

    key: str
    title: str
    question: str
    done: bool | None


@dataclass(frozen=True)
class Found:
    """One engine or setting as it is now."""

    name: str
    state: Literal["pass", "doubt", "fail", "note"]
    text: str
    advice: str = ""


@dataclass(frozen=True)
class Snippet:
    """Settings to copy, as environment variables and as TOML."""

    env: str
    toml: str


def steps() -> list[Step]:
    """All of them, in their order. 2 SQL."""
    return [
        Step("organisation", "单位", "这套系统由谁来办？", bool(installation().name)),
        Step("administrator", "管理员", "谁来管理这套系统？", has_administrator()),
        Step("address", "网址与 HTTPS", "大家用什么网址打开？", bool(settings.FENGCAI_PUBLIC_URL)),
        Step("mail", "邮件", "用哪个邮箱发通知？", settings.FENGCAI_MAIL is not None),
        Step("storage", "存储", "作品放得下吗？", None),
        Step("engines", "检测与后台", "需要的程序都在吗？", None),
        Step("signin", "登录方式", "大家怎么登录？", None),
        Step("contest", "第一个活动", "从一份通知开始", None),
    ]


def snippet(values: Mapping[str, str | int | bool]) -> Snippet:
    """The settings of these names; quoted so that a value is never more than a value."""
    env = [f"FENGCAI_{name.upper()}={_env(value)}" for name, value in values.items()]
    toml = [f"{name} = {_toml(value)}" for name, value in values.items()]
    return Snippet("\n".join(env), "\n".join(toml))


def _env(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(int(value))
    text = str(value).replace("\n", " ").replace("\r", " ")
    plain = all(sign.isalnum() or sign in "-_.:/,@%+" for sign in text)
    return text if text and plain else "'" + text.replace("'", "'\\''") + "'"


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    escaped = "".join(
        {"\\": "\\\\", '"': '\\"'}.get(sign, sign) if sign.isprintable() else " " for sign in value
    )
    return f'"{escaped}"'


def address_found(request: HttpRequest) -> list[Found]:
    """What is so at the address by which this page was opened."""
    host, secure = request.get_host(), request.is_secure()
    here = host.partition(":")[0] in {"127.0.0.1", "localhost", "[", "[::1]"}
    found = [Found("现在的地址", "note", f"{'https' if secure else 'http'}://{host}")]
    if here:
        found.append(
            Found(
                "谁能打开", "note", "现在只有这台机器自己能打开",
                "用 fengcai serve --host 0.0.0.0 启动，或在前面放 nginx，别的机器才能打开",
            )
        )  # fmt: skip
    if secure:
        found.append(Found("HTTPS", "pass", "连接是加密的"))
    else:
        found.append(
            Found(
                "HTTPS", "note" if here else "doubt", "连接没有加密：密码在网内明文传输，通行密钥用不了",
                "请信息科给一个证书和一台 nginx，步骤见 docs/operate/https.md；微信登录也要求 HTTPS",
            )
        )  # fmt: skip
    if not settings.FENGCAI_PUBLIC_URL:
        found.append(
            Found(
                "站点地址", "doubt", "没有设 FENGCAI_PUBLIC_URL：邮件里的链接和证书上的二维码不知道指向哪里",
                "照下面的设置写好并重启",
            )
        )  # fmt: skip
    else:
        found.append(Found("站点地址", "pass", settings.FENGCAI_PUBLIC_URL))
    return found


def room(at: datetime) -> dict[str, object]:
    """Free space where works are kept, and whether what is still to come fits into it: by the works
    that have come, or, as long as they are too few, how many of which size fit. 2 SQL, and 1 for each
    contest that collects."""
    place = store()
    found = forecasts(at)
    told = [each for each in found if each.told]
    disk = not place.url.startswith("s3://")
    page: dict[str, object] = {"url": place.url, "problem": place.check(), "disk": disk}
    if disk:
        usage = shutil.disk_usage(place.url.removeprefix("file://") or settings.FENGCAI_DATA)
        usable = max(0, usage.free - KEPT_FREE)
        page |= {
            "free": usage.free,
            "total": usage.total,
            "percent": round(100 * usage.used / usage.total),
            "kept": KEPT_FREE,
            "fits": [(size, usable // size) for size in (200 * MIB, 500 * MIB, 2 * GIB)],
            "verdict": _verdict(usable, told),
        }
    return page | {
        "forecasts": told,
        "likely": sum(each.likely for each in told),
        "cautious": sum(each.cautious for each in told),
        "untold": [each for each in found if not each.told],
    }


def _verdict(usable: int, told: Sequence[Forecast]) -> str:
    """How the room compares with what is to come; empty where nothing can be said."""
    if not told:
        return ""
    if usable < sum(each.likely for each in told):
        return "fail"
    return "doubt" if usable < sum(each.cautious for each in told) else "pass"


def engines_found() -> list[Found]:
    """What this installation works with, asked just now. 3 SQL; a scanner is asked over its socket."""
    postgres = connection.vendor == "postgresql"
    return [
        Found(
            "数据库", "pass",
            "PostgreSQL，可供多台机器" if postgres else "SQLite，一台机器够用",
        ),
        _jobs_found(),
        _scanner_found(),
        Found(
            "讲话转文字", "pass" if settings.FENGCAI_SPEECH_URL else "note",
            "已设置" if settings.FENGCAI_SPEECH_URL else "没有设置，影片的声音不外传",
            "" if settings.FENGCAI_SPEECH_URL else "需要时见 docs/operate/speech.md",
        ),
        Found(
            "短信", "pass" if settings.FENGCAI_SMS else "note",
            "已设置" if settings.FENGCAI_SMS else "没有设置，不能用手机验证码登录，也不发短信提醒",
            "" if settings.FENGCAI_SMS else "阿里云短信要先办签名和模板，约两周；先办起来",
        ),
    ]  # fmt: skip


def _jobs_found() -> Found:
    standing = jobs.health()
    if standing.broker:
        return Found("后台任务", "fail", standing.broker, "先把消息队列修好")
    if standing.workers:
        return Found("后台任务", "pass", f"{len(standing.workers)} 个进程在运行")
    return Found(
        "后台任务", "fail", "没有进程在运行，检测、证书和邮件都不会动",
        "用 fengcai serve 启动，或另开 fengcai worker",
    )  # fmt: skip


def _scanner_found() -> Found:
    place = scanner()
    if place is None:
        return Found(
            "查毒",
            "note",
            "没有设置，收到的文件不查毒",
            "建议装 clamd，见 docs/operate/virus-scan.md",
        )
    try:
        standing = antivirus.look_up(place)
    except antivirus.ClamdTrouble as trouble:
        return Found("查毒", "fail", str(trouble), "检查 clamd 是否在运行、FENGCAI_CLAMD 是否写对")
    return Found("查毒", "pass", f"{place} 应答，{standing.version}")


@dataclass(frozen=True)
class Door:
    """A way of signing in that may be set: what to write, and what to tell the other side."""

    title: str
    on: bool
    text: str
    there: Sequence[tuple[str, str]]
    snippet: Snippet


def doors_to_set(request: HttpRequest) -> list[Door]:
    """Every further way, with this site's own addresses filled in."""
    site = settings.FENGCAI_PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    host = site.partition("://")[2]
    on = settings.FENGCAI_DOORS

    def back(key: str) -> str:
        return site + reverse("account_outside_back", args=[key])

    return [
        Door(
            "手机验证码",
            settings.FENGCAI_SMS is not None,
            "名单里有手机号的人，收一条短信就能进。阿里云短信的资质、签名、模板要先办，约两周。",
            [
                (
                    "短信模板（验证码）",
                    "您的登录验证码是${code}，${minutes}分钟内有效，请勿告诉他人。",
                )
            ],
            snippet(
                {
                    "sms": "aliyun",
                    "sms_key_id": "…",
                    "sms_key_secret": "…",
                    "sms_sign": "某某医院",
                    "sms_templates": "account.code=SMS_…",
                }
            ),
        ),
        Door(
            "微信",
            "wechat" in on or "wechat_site" in on,
            "微信里直接进入要已认证的服务号；电脑上扫码要开放平台的网站应用；两者绑到同一个开放平台账号，"
            "同一个人只需绑定一次。都要求 HTTPS。",
            [("公众平台 → 网页授权域名", host), ("开放平台 → 授权回调域", host)],
            snippet(
                {
                    "wechat_appid": "wx…",
                    "wechat_secret": "…",
                    "wechat_site_appid": "wx…",
                    "wechat_site_secret": "…",
                }
            ),
        ),
        Door(
            "企业微信",
            "wecom" in on,
            "单位用企业微信的，建一个自建应用。",
            [
                ("应用 → 网页授权及 JS-SDK → 可信域名", host),
                ("应用 → 企业微信授权登录 → 回调域", host),
            ],
            snippet({"wecom_corpid": "ww…", "wecom_agentid": "1000002", "wecom_secret": "…"}),
        ),
        Door(
            "CAS 统一身份认证",
            "cas" in on,
            "高校附属医院常见。",
            [("登记的服务地址（前缀匹配）", back("cas"))],
            snippet({"cas_url": "https://cas.单位域名/cas", "cas_name": "统一身份认证"}),
        ),
        Door(
            "单位账号（LDAP、活动目录）",
            "ldap" in on,
            "只走加密连接，只查人、核对密码，不读组、不写任何内容。",
            [],
            snippet(
                {
                    "ldap_url": "ldaps://ldap.单位域名",
                    "ldap_base": "ou=people,dc=example,dc=cn",
                    "ldap_bind_dn": "cn=reader,dc=example,dc=cn",
                    "ldap_bind_password": "…",
                    "ldap_filter": "(sAMAccountName={name})",
                }
            ),
        ),
        Door(
            "OpenID Connect",
            bool(settings.FENGCAI_OIDC_NAME),
            "较新的统一认证平台。",
            [("回调地址", site + reverse("openid_connect_callback"))],
            snippet(
                {"oidc_issuer": "https://…", "oidc_client_id": "fengcai", "oidc_client_secret": "…"}
            ),
        ),
    ]
