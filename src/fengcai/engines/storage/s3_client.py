"""The connection to an S3 service, and its refusals in words.

boto3 is synchronous; a client may be used from any thread, and holds at most `CONNECTIONS`
connections. Does not know keys or files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ResponseStreamingError,
)

from fengcai.engines.storage.keys import StorageTrouble
from fengcai.engines.storage.s3_access import Access

CONNECTIONS = 16
CONNECT_WITHIN = 5  # seconds
ANSWER_WITHIN = 30  # seconds without a byte
TRIES = 4  # with back-off between them: about 4 s until a service that is down is said to be down


class MultipartGone(LookupError):
    """The service does not know this multipart upload: completed, aborted, or never begun."""


def connect(access: Access) -> Any:
    """A client. Nothing is contacted. Raises StorageTrouble for settings that cannot be used.

    Every payload is signed with its SHA-256, so the service itself refuses bytes that changed on
    the way; newer checksum headers, which many S3-compatible services do not know, are left out.
    """
    style = access.addressing
    if style == "auto" and access.endpoint:
        style = "path"  # MinIO and Ceph in a house network have no name for each bucket
    try:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=access.endpoint or None,
            region_name=access.region or None,
            aws_access_key_id=access.access_key or None,
            aws_secret_access_key=access.secret_key or None,
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_WITHIN,
                read_timeout=ANSWER_WITHIN,
                max_pool_connections=CONNECTIONS,
                retries={"mode": "standard", "total_max_attempts": TRIES},
                s3={"addressing_style": style, "payload_signing_enabled": True},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                tcp_keepalive=True,
            ),
        )
    except (BotoCoreError, ValueError) as error:
        raise StorageTrouble(
            f"FENGCAI_S3_* 的设置不能用：{error}；检查 FENGCAI_S3_ENDPOINT 与 FENGCAI_S3_REGION"
        ) from error


@contextmanager
def worded(bucket: str, endpoint: str) -> Iterator[None]:
    """Turns what boto3 raises into StorageTrouble, FileNotFoundError or MultipartGone."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code == "NoSuchUpload":
            raise MultipartGone(str(error)) from error
        if code in ("NoSuchKey", "404", "NotFound"):
            raise FileNotFoundError(str(error)) from error
        raise _refused(code, status, bucket, str(error)) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StorageTrouble(
            "没有存储服务的密钥：设 FENGCAI_S3_ACCESS_KEY 和 FENGCAI_S3_SECRET_KEY"
        ) from error
    except (ConnectionError, HTTPClientError, ResponseStreamingError) as error:
        raise StorageTrouble(
            f"连不上存储服务 {endpoint or 'AWS'}：检查 FENGCAI_S3_ENDPOINT、网络和防火墙",
            busy=True,
        ) from error
    except BotoCoreError as error:
        raise StorageTrouble(f"存储服务的请求没有成功：{error}") from error


_WORDS: dict[str, str] = {
    "NoSuchBucket": "存储服务上没有名为“{bucket}”的桶：先建好它，或改 FENGCAI_STORAGE",
    "AccessDenied": "没有权限：给这组密钥加上对桶“{bucket}”列出、读、写、删和分段上传的权限",
    "InvalidAccessKeyId": "存储服务不认识 FENGCAI_S3_ACCESS_KEY：检查密钥，或看它是否已停用",
    "SignatureDoesNotMatch": "签名不对：检查 FENGCAI_S3_SECRET_KEY（以及 FENGCAI_S3_REGION）",
    "RequestTimeTooSkewed": "本机时钟与存储服务相差太大，请求被拒绝：给本机校时（chrony 或 ntp）",
    "PermanentRedirect": "桶“{bucket}”不在这个区域或地址：检查 FENGCAI_S3_REGION 与 FENGCAI_S3_ENDPOINT",
    "SecondLevelDomainForbidden": "这个服务要求桶名写在域名里：设 FENGCAI_S3_ADDRESSING=virtual",
    "QuotaExceeded": "存储服务的空间或配额用完了：扩容或清理桶“{bucket}”",
    "SlowDown": "存储服务忙，暂时拒绝请求",
}
_SAME = {
    "403": "AccessDenied",
    "AllAccessDisabled": "AccessDenied",
    "AccountProblem": "AccessDenied",
    "UnauthorizedAccess": "AccessDenied",
    "InvalidSecurity": "InvalidAccessKeyId",
    "InvalidToken": "InvalidAccessKeyId",
    "ExpiredToken": "InvalidAccessKeyId",
    "301": "PermanentRedirect",
    "307": "PermanentRedirect",
    "400": "PermanentRedirect",
    "AuthorizationHeaderMalformed": "PermanentRedirect",
    "IllegalLocationConstraintException": "PermanentRedirect",
    "XMinioStorageFull": "QuotaExceeded",
    "XMinioAdminBucketQuotaExceeded": "QuotaExceeded",
    "InsufficientCapacity": "QuotaExceeded",
    "InsufficientStorage": "QuotaExceeded",
    "ServiceUnavailable": "SlowDown",
    "InternalError": "SlowDown",
    "RequestTimeout": "SlowDown",
    "Throttling": "SlowDown",
    "TooManyRequests": "SlowDown",
    "503": "SlowDown",
    "500": "SlowDown",
}


def _refused(code: str, status: int, bucket: str, said: str) -> StorageTrouble:
    name = _SAME.get(code, code)
    if name not in _WORDS and status >= 500:
        name = "SlowDown"
    text = _WORDS.get(name)
    if text is None:
        return StorageTrouble(f"存储服务拒绝了请求（{code or status}）：{said}")
    return StorageTrouble(f"{text.format(bucket=bucket)}（{code}）", busy=name == "SlowDown")
