"""What an installation may set: environment variables with the FENGCAI_ prefix, or a TOML file.

Reads and checks; Django's own settings are derived from it in `settings`. Ways of signing in stand in
`signing_in`, what the installation reaches outside itself in `reaching`.
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

from fengcai.project.addresses import of_schemes, words
from fengcai.project.reaching import Reaching
from fengcai.project.signing_in import SigningIn

CONFIGURATION_FILE = "FENGCAI_CONFIG"
ROLES = ("organiser", "reviewer", "contact", "head", "judge")  # those of apps.contests.roles


class Configuration(SigningIn, Reaching):
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
    import_folder: str = Field(
        default="",
        description="放导入文件的目录（绝对路径）：组织者可以选它下面的文件夹；留空则只能传压缩包",
    )
    csp_report: str = Field(default="", description="接收内容安全策略违例报告的地址")
    icp: str = Field(default="", description="页脚的 ICP 备案号")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return of_schemes(value, "sqlite", "postgres", "postgresql")

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        return of_schemes(value, "redis", "rediss", "amqp", "amqps")

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        return of_schemes(value, "redis", "rediss")

    @field_validator("storage")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if value and not value.startswith("s3://") and not Path(value).is_absolute():
            raise ValueError("须是绝对路径或 s3://桶名/前缀")
        if value.startswith("s3://") and not urlsplit(value).netloc:
            raise ValueError("s3:// 之后缺少桶名")
        return value

    @field_validator("require_second_factor")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        if strange := set(words(value)) - {"administrator", *ROLES}:
            known = "、".join(("administrator", *ROLES))
            raise ValueError(f"没有角色 {'、'.join(sorted(strange))}；可用 {known}")
        return value

    @model_validator(mode="after")
    def _engines_whole(self) -> Self:
        """Engines that need each other are named together; half a setting is an error."""
        if self.jobs == "celery" and not self.broker_url:
            raise ValueError("FENGCAI_JOBS=celery 还需要 FENGCAI_BROKER_URL")
        if self.jobs == "celery" and self.database_on_file:
            raise ValueError(
                "FENGCAI_JOBS=celery 需要多台机器共用的数据库：设 FENGCAI_DATABASE_URL=postgres://…"
            )
        if self.live == "redis" and not self.redis_url:
            raise ValueError("FENGCAI_LIVE=redis 还需要 FENGCAI_REDIS_URL")
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

    @property
    def database_on_file(self) -> bool:
        """SQLite, which serves one machine only."""
        return not self.database_url.startswith("postgres")

    @property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that must have a second factor; `administrator` is no contest's role."""
        return frozenset(words(self.require_second_factor))

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
