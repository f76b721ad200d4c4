"""What the receiver says when it cannot go on: a status and a Chinese sentence for the person.

Each text says what is wrong, what is kept and what to do. tus-js-client hands it to the page as
`error.originalResponse.getBody()`.
"""

from __future__ import annotations

from datetime import timedelta


class Answer(Exception):
    """An error answer. `headers` are added to those that every answer carries."""

    def __init__(
        self, status: int, text: str, headers: dict[str, str] | None = None, *, close: bool = False
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}
        self.close = close


def amount(size: int) -> str:
    """A number of bytes for a person: `512 字节`, `12.3 MB`, `4.00 GB` (powers of 1024)."""
    if size < 1024:
        return f"{size} 字节"
    if size < 1024**2:
        return f"{size / 1024:.1f} KB"
    if size < 1024**3:
        return f"{size / 1024**2:.1f} MB"
    return f"{size / 1024**3:.2f} GB"


def not_found() -> Answer:
    """The address was not signed by us, or its row is gone."""
    return Answer(
        404, "没有这个上传，或上传地址不完整。没有保存任何内容，请回到页面重新选择文件上传。"
    )


def wrong_version(versions: str) -> Answer:
    """No Tus-Resumable header, or another version."""
    return Answer(
        412,
        f"上传程序的协议版本不受支持（本站支持 tus {versions}）。已收到的内容不变，请刷新页面再试。",
        {"Tus-Version": versions},
    )


def wrong_method(allowed: str) -> Answer:
    """A method that this address does not have."""
    return Answer(405, "上传地址不支持这种请求。已收到的内容不变。", {"Allow": allowed})


def malformed(what: str) -> Answer:
    """A header that cannot be read."""
    return Answer(400, f"上传请求有误：{what}。已收到的内容不变，请刷新页面再试。")


def wrong_content_type() -> Answer:
    """A body that is not declared as tus bytes."""
    return Answer(
        415,
        "上传请求有误：Content-Type 须为 application/offset+octet-stream。"
        "已收到的内容不变，请刷新页面再试。",
    )


def forged_grant() -> Answer:
    """A grant that we did not sign."""
    return Answer(404, "上传许可无效。没有保存任何内容，请回到页面，刷新后重新上传。")


def stale_grant() -> Answer:
    """A grant past its time."""
    return Answer(404, "上传许可已过期。没有保存任何内容，请刷新页面，再选择文件上传。")


def unknown_purpose(purpose: str) -> Answer:
    """A purpose that no context has registered."""
    return Answer(404, f"本站没有“{purpose}”这种上传。没有保存任何内容，请刷新页面再试。")


def too_large(length: int, limit: int) -> Answer:
    """More than the grant allows."""
    return Answer(
        413,
        f"文件有 {amount(length)}，超过了这里允许的 {amount(limit)}。"
        "没有保存任何内容，请压缩或剪短后重新上传。",
    )


def empty() -> Answer:
    """A file of no bytes."""
    return Answer(
        422, "这个文件是空的（0 字节）。没有保存任何内容，请检查文件是否导出完整，再重新选择。"
    )


def too_many(limit: int) -> Answer:
    """Too many unfinished uploads of one owner."""
    return Answer(
        429,
        f"您同时有 {limit} 个没有传完的文件，不能再新建。已收到的内容都还在，"
        "请先把它们传完或取消，再上传新的文件。",
    )


def body_too_long(length: int, kept: int) -> Answer:
    """More bytes than were declared at creation."""
    return Answer(
        413,
        f"发来的内容超过了开始时声明的 {amount(length)}，文件可能在上传途中被改动过。"
        f"这一段没有保存，之前的 {amount(kept)} 还在；请取消后重新上传。",
        {"Upload-Offset": str(kept)},
    )


def offset_conflict(theirs: int, ours: int) -> Answer:
    """The client's offset is not ours."""
    return Answer(
        409,
        f"续传位置不一致：浏览器从 {amount(theirs)} 处接着传，服务器已收到 {amount(ours)}。"
        "已收到的内容都还在，请继续上传，会自动从正确的位置接上。",
        {"Upload-Offset": str(ours)},
    )


def locked() -> Answer:
    """Another request is writing."""
    return Answer(
        423,
        "这个文件正在另一个页面或设备上传。已收到的内容都还在；请等它传完，或关掉那个页面后再继续。",
    )


def checksum_mismatch(kept: int) -> Answer:
    """The chunk is not what the client says it sent."""
    return Answer(
        460,
        "这一段内容在传输途中损坏（校验值不符），没有保存；"
        f"之前的 {amount(kept)} 还在，请继续上传，会从这里重传。",
        {"Upload-Offset": str(kept)},
    )


def disk_full(kept: int) -> Answer:
    """The disk filled up while receiving."""
    return Answer(
        507,
        f"服务器的磁盘满了。已收到的 {amount(kept)} 还在；请联系管理员清理磁盘，"
        "之后继续上传，会从这里接上。",
        {"Upload-Offset": str(kept)},
    )


def no_room() -> Answer:
    """The disk could not hold the file; nothing begun."""
    return Answer(
        507, "服务器的磁盘放不下这个文件。没有保存任何内容，请联系管理员清理磁盘后再上传。"
    )


def disk_trouble(kept: int) -> Answer:
    """The disk refused for another reason."""
    return Answer(
        500,
        f"服务器写入磁盘时出错。已收到的 {amount(kept)} 还在；请稍后继续上传，"
        "若仍然出错请联系管理员。",
        {"Upload-Offset": str(kept)},
    )


def storage_trouble(kept: int | None = None, *, busy: bool) -> Answer:
    """The storage service refuses or cannot be reached."""
    still = "已收到的内容都还在" if kept is None else f"已收到的 {amount(kept)} 还在"
    said = "存储服务暂时繁忙或连不上" if busy else "存储服务拒绝保存"
    return Answer(
        503 if busy else 500,
        f"{said}。{still}；请稍后继续上传，会从这里接上，若仍然如此请联系管理员。",
        {"Retry-After": "5"} | ({} if kept is None else {"Upload-Offset": str(kept)}),
    )


def stalled(kept: int, silence: timedelta) -> Answer:
    """No byte for a long while."""
    return Answer(
        408,
        f"网络超过 {int(silence.total_seconds())} 秒没有送来内容，这次连接已结束。"
        f"已收到的 {amount(kept)} 还在，请继续上传，会从这里接上。",
        {"Upload-Offset": str(kept)},
        close=True,
    )


def expired() -> Answer:
    """Not continued in time."""
    return Answer(410, "这个上传太久没有继续，已经过期，收到的部分已删除。请重新选择文件上传。")


def terminated() -> Answer:
    """Cancelled by the client."""
    return Answer(410, "这个上传已被取消，收到的部分已删除。如仍需要，请重新选择文件上传。")


def refused(text: str) -> Answer:
    """The purpose would not take the file; its own words."""
    return Answer(422, text)


def already_consumed() -> Answer:
    """Cancelling what is already registered."""
    return Answer(403, "这个文件已经收齐并登记，不能在这里取消。请到作品页面删除或替换它。")


def not_yet_registered() -> Answer:
    """Whole and safe, but the purpose's callback failed."""
    return Answer(
        500,
        "文件已完整收到并保存，但登记时出错。不必重新上传；请稍后再试，系统也会自动重试，"
        "若一直如此请联系管理员。",
    )


def internal() -> Answer:
    """Anything we did not foresee."""
    return Answer(500, "服务器出错了。已收到的内容都还在；请稍后继续上传，若仍然出错请联系管理员。")
