"""What an installation may set: environment variables with the FENGCAI_ prefix, or a TOML file.

Reads and checks; Django's own settings are derived from it in `settings`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIGURATION_FILE = "FENGCAI_CONFIG"
ROLES = ("organiser", "reviewer", "contact", "head", "judge")  # those of apps.contests.roles


class Configuration(BaseSettings):
    """One installation's settings; every name is an environment variable with FENGCAI_ before it."""

    model_config = SettingsConfigDict(env_prefix="FENGCAI_", extra="ignore")

    data: Path = Field(default=Path("data"), description="目录：数据库、上传文件、作品文件")
    database_url: str = Field(
        default="",
        description="sqlite:///绝对路径 或 postgres://用户:口令@主机:端口/库名；"
        "留空则用 DATA/fengcai.sqlite3",
    )
    database_pool: int = Field(
        default=8, ge=0, le=200, description="PostgreSQL：每个进程最多保持的连接数；0 为不用连接池"
    )
    jobs: Literal["embedded", "celery"] = "embedded"
    broker_url: str = Field(
        default="", description="JOBS=celery 时：redis://…（可用 rediss://）或 amqp://…（amqps://）"
    )
    live: Literal["embedded", "redis"] = "embedded"
    redis_url: str = Field(default="", description="LIVE=redis 时：redis://… 或 rediss://…")
    storage: str = Field(
        default="", description="作品文件放在哪里：绝对路径，或 s3://桶名/前缀；留空则用 DATA/files"
    )
    s3_endpoint: str = Field(
        default="", description="S3 服务的地址，如 https://oss.内网域名；AWS 留空"
    )
    s3_region: str = "us-east-1"
    s3_access_key: str = Field(default="", description="留空则用这台机器自己的身份")
    s3_secret_key: str = ""
    s3_addressing: Literal["auto", "path", "virtual"] = Field(
        default="auto", description="桶名放在路径里还是域名里；设了 S3_ENDPOINT 时 auto 为路径"
    )
    s3_presign: bool = Field(
        default=True, description="浏览器直接从 S3 取文件；它到不了那里时设 0，由本站转发"
    )
    accel_redirect: str = Field(
        default="", description="nginx 的 internal 位置（如 /protected/），由它发送本地文件"
    )
    secret_key: str = Field(default="", description="留空则在 DATA/secret.key 中生成一次")
    allowed_hosts: str = Field(default="127.0.0.1,localhost,[::1]", description="逗号分隔")
    public_url: str = Field(default="", description="证书二维码所用的站点地址，如 https://host")
    debug: bool = False
    demo: bool = Field(default=False, description="演示：登录页列出演示账号（仅限本机回环地址）")
    https: bool = Field(default=False, description="站点经 HTTPS 提供：Cookie 只走加密连接")
    hsts: int = Field(
        default=30 * 24 * 3600,
        ge=0,
        description="HTTPS=1 时：浏览器在这么多秒内只用加密连接；0 为不要求",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="前面有几层自己的反向代理；0 为不信任 X-Forwarded-*"
    )
    require_second_factor: str = Field(
        default="",
        description="哪些角色必须启用第二步验证，逗号分隔：administrator、organiser、reviewer、judge…",
    )
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
    notice_model_url: str = Field(
        default="",
        description="草拟规则书时可请教的模型接口（OpenAI 兼容，写到 /v1 为止）；留空则不用，通知不外传",
    )
    notice_model: str = Field(default="", description="NOTICE_MODEL_URL 上的模型名")
    notice_model_key: str = Field(default="", description="NOTICE_MODEL_URL 的密钥；不需要则留空")
    clamd: str = Field(
        default="",
        description="查毒：clamd 的套接字文件（/run/clamav/clamd.ctl）或 主机:端口；留空则不查毒",
    )
    clamd_max_mb: int = Field(
        default=25,
        ge=1,
        le=2047,
        description="clamd 肯查的最大文件（MB）：与 clamd.conf 的 StreamMaxLength、MaxFileSize、"
        "MaxScanSize 中最小的一致；超过的文件记为“没有查毒”",
    )
    import_folder: str = Field(
        default="",
        description="放导入文件的目录（绝对路径）：组织者可以选它下面的文件夹；留空则只能传压缩包",
    )
    speech_url: str = Field(
        default="",
        description="把影片的讲话转成文字的接口（OpenAI 兼容，写到 /v1 为止）；留空则不用，声音不外传",
    )
    speech_model: str = Field(default="", description="SPEECH_URL 上的模型名")
    speech_key: str = Field(default="", description="SPEECH_URL 的密钥；不需要则留空")
    speech_outside: bool = Field(
        default=False, description="SPEECH_URL 不在本机时须设 1：单位同意把影片的声音发到那里"
    )
    fetch: bool = Field(
        default=False,
        description="允许服务器去取作者填写的公开网址（发表凭据）；不设则从不外连，只用截图",
    )
    fetch_hosts: str = Field(
        default="",
        description="FETCH=1 时只取这些网站，逗号分隔；.qq.com 含其下所有；留空为任何公网网站",
    )
    fetch_inside: str = Field(
        default="",
        description="FETCH=1 时另外允许的内网地址，IP:端口，逗号分隔；其余内网地址一律不访问",
    )
    mailbox_ca: str = Field(
        default="", description="报送邮箱在单位自建的服务器上、证书自签时：根证书文件的路径"
    )
    mail_url: str = Field(
        default="",
        description="发信服务器：smtps://smtp.163.com、smtp://主机（STARTTLS）、smtp+plain://主机:25；"
        "console: 只显示，folder:///目录 只存成文件；留空则不发邮件",
    )
    mail_user: str = Field(default="", description="发信邮箱的账号；也可写在 MAIL_URL 里")
    mail_password: str = Field(default="", description="授权码或口令；也可写在 MAIL_URL 里")
    mail_from: str = Field(default="", description="发件地址；留空则用 MAIL_USER")
    mail_from_name: str = Field(default="", description="发件人名称，如 某某医院宣传部")
    mail_per_minute: int = Field(default=30, ge=1, le=10_000, description="每分钟最多发几封邮件")
    sms: Literal["", "console", "aliyun"] = Field(
        default="", description="短信：aliyun，或 console（只显示）；留空则不发短信"
    )
    sms_key_id: str = Field(default="", description="阿里云 AccessKey ID（只给短信权限）")
    sms_key_secret: str = ""
    sms_sign: str = Field(default="", description="审核通过的短信签名")
    sms_templates: str = Field(
        default="",
        description="本系统的模板名=服务商的模板编号，逗号分隔，如 people.code=SMS_1234",
    )
    sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    sms_per_minute: int = Field(default=60, ge=1, le=10_000, description="每分钟最多发几条短信")
    robot_url: str = Field(
        default="https://qyapi.weixin.qq.com",
        description="企业微信群机器人所在；私有部署的写自己的",
    )
    csp_report: str = Field(default="", description="接收内容安全策略违例报告的地址")
    icp: str = Field(default="", description="页脚的 ICP 备案号")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return _of_schemes(value, "sqlite", "postgres", "postgresql")

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        return _of_schemes(value, "redis", "rediss", "amqp", "amqps")

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        return _of_schemes(value, "redis", "rediss")

    @field_validator("storage")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if value and not value.startswith("s3://") and not Path(value).is_absolute():
            raise ValueError("须是绝对路径或 s3://桶名/前缀")
        if value.startswith("s3://") and not urlsplit(value).netloc:
            raise ValueError("s3:// 之后缺少桶名")
        return value

    @field_validator("notice_model_url", "speech_url")
    @classmethod
    def _known_model_url(cls, value: str) -> str:
        return _of_schemes(value, "https", "http")

    @field_validator("clamd")
    @classmethod
    def _known_scanner(cls, value: str) -> str:
        if value:
            from fengcai.engines.antivirus import place_of

            place_of(value)
        return value

    @field_validator("fetch_inside")
    @classmethod
    def _known_places(cls, value: str) -> str:
        if value:
            from fengcai.engines.fetching import inside_of

            inside_of(value)
        return value

    @field_validator("sms_endpoint", "robot_url")
    @classmethod
    def _known_messenger(cls, value: str) -> str:
        if urlsplit(_of_schemes(value, "https", "http")).scheme != "https" and not _on_this_machine(
            value
        ):
            raise ValueError("须以 https:// 开头（密钥不能明文经过网络）")
        return value

    @field_validator("sms_templates")
    @classmethod
    def _known_templates(cls, value: str) -> str:
        for word in _words(value):
            ours, equals, theirs = word.partition("=")
            if not (ours.strip() and equals and theirs.strip()):
                raise ValueError(f"“{word[:40]}”须写成 本系统的模板名=服务商的模板编号")
        return value

    @field_validator("require_second_factor")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        if strange := set(_words(value)) - {"administrator", *ROLES}:
            known = "、".join(("administrator", *ROLES))
            raise ValueError(f"没有角色 {'、'.join(sorted(strange))}；可用 {known}")
        return value

    @field_validator("ldap_url")
    @classmethod
    def _known_directory(cls, value: str) -> str:
        return _of_schemes(value, "ldaps", "ldap")

    @field_validator("ldap_filter")
    @classmethod
    def _named_filter(cls, value: str) -> str:
        if "{name}" not in value:
            raise ValueError("须含 {name}，登录时换成所填的账号，例如 (uid={name})")
        return value

    @field_validator("oidc_issuer", "cas_url", "wechat_api", "wecom_api")
    @classmethod
    def _safe_issuer(cls, value: str) -> str:
        at = urlsplit(_of_schemes(value, "https", "http"))
        if at.scheme == "http" and not _on_this_machine(value):
            raise ValueError("须以 https:// 开头（明文连接上的认证结果可以被改动）")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Engines that need each other are named together; half a setting is an error."""
        if self.jobs == "celery" and not self.broker_url:
            raise ValueError("FENGCAI_JOBS=celery 还需要 FENGCAI_BROKER_URL")
        if self.jobs == "celery" and self.database_on_file:
            raise ValueError(
                "FENGCAI_JOBS=celery 需要多台机器共用的数据库：设 FENGCAI_DATABASE_URL=postgres://…"
            )
        if self.live == "redis" and not self.redis_url:
            raise ValueError("FENGCAI_LIVE=redis 还需要 FENGCAI_REDIS_URL")
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
        if self.notice_model_url and not self.notice_model:
            raise ValueError("FENGCAI_NOTICE_MODEL_URL 还需要 FENGCAI_NOTICE_MODEL（模型名）")
        if self.speech_url and not self.speech_model:
            raise ValueError("FENGCAI_SPEECH_URL 还需要 FENGCAI_SPEECH_MODEL（模型名）")
        if self.speech_url and not self.speech_outside and not _on_this_machine(self.speech_url):
            raise ValueError(
                "FENGCAI_SPEECH_URL 不在本机，影片的声音会离开这台机器；"
                "单位同意的，另设 FENGCAI_SPEECH_OUTSIDE=1"
            )
        self.mail_server()
        if self.sms == "aliyun" and not (self.sms_key_id and self.sms_key_secret and self.sms_sign):
            raise ValueError(
                "FENGCAI_SMS=aliyun 还需要 FENGCAI_SMS_KEY_ID、FENGCAI_SMS_KEY_SECRET 与 FENGCAI_SMS_SIGN"
            )
        if bool(self.s3_access_key) != bool(self.s3_secret_key):
            raise ValueError("FENGCAI_S3_ACCESS_KEY 与 FENGCAI_S3_SECRET_KEY 要一起设")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the TOML file named by FENGCAI_CONFIG."""
        file = os.environ.get(CONFIGURATION_FILE)
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if file:
            sources += (TomlConfigSettingsSource(settings_cls, Path(file)),)
        return sources

    def mail_server(self) -> Any:
        """The `engines.delivery.mail.Server` that the settings name, or None. Raises ValueError."""
        from fengcai.engines.delivery import mail

        if not self.mail_url:
            return None
        try:
            return mail.server_of(
                self.mail_url,
                user=self.mail_user,
                password=self.mail_password,
                sender=self.mail_from,
                sender_name=self.mail_from_name,
            )
        except ValueError as error:
            raise ValueError(f"FENGCAI_MAIL_URL {error}") from None

    def sms_provider(self) -> Any:
        """The `engines.delivery.sms.Provider` that the settings name, or None."""
        from fengcai.engines.delivery import sms

        if not self.sms:
            return None
        pairs = (word.partition("=") for word in _words(self.sms_templates))
        return sms.Provider(
            self.sms,
            key_id=self.sms_key_id,
            key_secret=self.sms_key_secret,
            sign=self.sms_sign,
            templates={ours.strip(): theirs.strip() for ours, _, theirs in pairs},
            endpoint=self.sms_endpoint,
        )

    @property
    def database_on_file(self) -> bool:
        """SQLite, which serves one machine only."""
        return not self.database_url.startswith("postgres")

    @property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that must have a second factor; `administrator` is no contest's role."""
        return frozenset(_words(self.require_second_factor))

    def databases(self) -> dict[str, dict[str, Any]]:
        """Django's DATABASES, for the engine that the URL names."""
        from fengcai.project import databases

        if self.database_on_file:
            return {"default": databases.sqlite(self.database_path)}
        return {"default": databases.postgresql(self.database_url, pool=self.database_pool)}

    @property
    def database_path(self) -> Path:
        """Where the SQLite database lies."""
        if self.database_url:
            return Path("/" + self.database_url.removeprefix("sqlite:///").lstrip("/"))
        return self.data / "fengcai.sqlite3"

    def key(self) -> str:
        """The signing key: as set, else made once and kept in the data directory (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        file = self.data / "secret.key"
        if not file.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            try:
                os.link(draft, file)
            except FileExistsError:
                pass  # another process made it first; its key counts
            finally:
                draft.unlink()
        return file.read_text().strip()


def _on_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def _of_schemes(value: str, *schemes: str) -> str:
    """`value` when it is empty or a URL of one of the schemes. Raises ValueError, in Chinese."""
    scheme, separator, rest = value.partition("://")
    if value and (not separator or scheme not in schemes or not rest):
        known = "、".join(f"{scheme}://" for scheme in schemes)
        raise ValueError(f"须以 {known} 开头，并写全地址")
    return value
