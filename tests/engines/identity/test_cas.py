"""CAS tickets: 2.0 and 3.0, and XML that is not to be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fengcai.engines.identity import Cas, Identity, NotVouched
from tests.engines.identity.fakes import CasFar, respond, serving

pytestmark = pytest.mark.intake

SERVICE = "https://y.cn/accounts/cas/callback/?state=S"


@pytest.fixture
def far() -> Iterator[CasFar]:
    made = CasFar()
    with serving(made):
        yield made


@pytest.mark.clause("U7")
def test_a_ticket_becomes_an_identity_once_and_for_its_service_only(far: CasFar) -> None:
    cas = Cas(f"{far.url}/cas")
    assert cas.login_url(SERVICE) == (
        f"{far.url}/cas/login?service=https%3A%2F%2Fy.cn%2Faccounts%2Fcas%2Fcallback%2F%3Fstate%3DS"
    )
    far.tickets["ST-1", SERVICE] = "zhang&san"
    with pytest.raises(NotVouched):
        cas.identity("ST-1", SERVICE + "x")
    assert cas.identity("ST-1", SERVICE) == Identity(
        "cas", "zhang&san", login="zhang&san", name="张 三"
    )
    with pytest.raises(NotVouched) as refused:
        cas.identity("ST-1", SERVICE)
    assert (refused.value.why, refused.value.again) == ("INVALID_TICKET", True)


def test_version_two_brings_the_user_only(far: CasFar) -> None:
    far.tickets["ST-1", SERVICE] = "zs"
    assert Cas(f"{far.url}/cas/", version=2).identity("ST-1", SERVICE).name == ""
    assert far.asked[0][0] == "/cas/serviceValidate"


USER = "<cas:authenticationSuccess><cas:user>{}</cas:user></cas:authenticationSuccess>"
BOMB = (
    '<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">' + USER + "</cas:serviceResponse>"
)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (BOMB.format("&b;").encode(), "the answer brings a DTD"),
        (BOMB.format("&f;").encode(), "the answer brings a DTD"),
        (respond(USER.format("")), "the answer names no user"),
        (respond(USER.format("x" * 192)), "the answer names no user"),
        (respond(USER.format("a<b/>c")), "the answer names no user"),
        (respond(USER.format("a") + USER.format("b")), "the answer names no user"),
        (respond(""), "the answer names no user"),
        (b"<html/>", "the answer is no cas:serviceResponse"),
        (b"<serviceResponse><authenticationSuccess/></serviceResponse>",
         "the answer is no cas:serviceResponse"),
        (b"yes\nzhangsan\n", "the answer is no XML"),
        (b"", "the answer is no XML"),
    ],
)  # fmt: skip
def test_whatever_else_comes_is_no_identity(far: CasFar, answer: bytes, why: str) -> None:
    far.answer = lambda path, given: (200, "text/xml", answer)
    with pytest.raises(NotVouched) as refused:
        Cas(f"{far.url}/cas").identity("ST-1", SERVICE)
    assert refused.value.why == why


def test_a_comment_does_not_cut_a_name_short(far: CasFar) -> None:
    """zhang<!---->.admin signed by the server is zhang.admin, never zhang."""
    far.answer = lambda path, given: (200, "text/xml", respond(USER.format("zhang<!---->.admin")))
    assert Cas(f"{far.url}/cas").identity("ST-1", SERVICE).subject == "zhang.admin"


def test_the_doctor_knows_a_working_server_by_its_refusal(far: CasFar) -> None:
    Cas(f"{far.url}/cas").probe(SERVICE)
    with pytest.raises(NotVouched) as refused:
        Cas(f"{far.url}/sso").probe(SERVICE)
    assert refused.value.why == "HTTP 404"
    body = '<cas:authenticationFailure code="INVALID_SERVICE">no</cas:authenticationFailure>'
    far.answer = lambda path, given: (200, "text/xml", respond(body))
    with pytest.raises(NotVouched) as strange:
        Cas(f"{far.url}/cas").probe(SERVICE)
    assert (strange.value.why, strange.value.again) == ("INVALID_SERVICE", False)
