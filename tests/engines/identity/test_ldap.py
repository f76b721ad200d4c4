"""The hospital's directory, against a real OpenLDAP over LDAPS and StartTLS."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from fengcai.engines.identity import Directory, NotVouched
from tooling.servers import slapd
from tooling.servers.slapd import PEOPLE, SEARCHER, SEARCHER_PASSWORD, Slapd

pytestmark = pytest.mark.intake

PERSON = """\
dn: uid={uid},{people}
objectClass: inetOrgPerson
uid: {uid}
cn: {cn}
sn: {cn}
employeeNumber: {number}
userPassword: {password}

"""
LDIF = "".join(
    PERSON.format(uid=uid, people=PEOPLE, cn=cn, number=number, password=password)
    for uid, cn, number, password in (
        ("zhangsan", "Zhang San", "7", "pass-of-zhang"),
        ("lisi", "Li Si", "8", "pass-of-li"),
        ("twin1", "Twin", "9", "pass-of-twins"),
        ("twin2", "Twin", "9", "pass-of-twins"),
    )
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd.running(tmp_path_factory.mktemp("slapd"), ldif=LDIF) as running:
        yield running


@pytest.fixture
def directory(server: Slapd) -> Directory:
    return Directory(
        url=server.url,
        base=PEOPLE,
        bind_dn=SEARCHER,
        bind_password=SEARCHER_PASSWORD,
        ca_file=str(server.ca_file),
    )


@pytest.mark.clause("U7")
def test_a_name_and_password_become_an_identity_that_outlives_a_renaming(
    directory: Directory, server: Slapd
) -> None:
    found = directory.identity(" zhangsan ", "pass-of-zhang")
    assert (found.provider, found.login, found.name) == ("ldap", "zhangsan", "Zhang San")
    assert found.subject.startswith("entryUUID:")
    assert len(found.subject) == len("entryUUID:") + 36
    started = dataclasses.replace(directory, url=server.plain_url, starttls=True)
    assert started.identity("zhangsan", "pass-of-zhang") == found
    assert directory.identity("lisi", "pass-of-li").subject != found.subject


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("zhangsan", "wrong"),
        ("nobody", "pass-of-zhang"),
        ("zhangsan", ""),  # would bind as nobody, and succeed
        ("zhangsan", "\0"),
        ("", "pass-of-zhang"),
        ("*", "pass-of-zhang"),
        ("zhang*", "pass-of-zhang"),
        ("zhangsan)(uid=*", "pass-of-zhang"),
        ("*)(|(uid=*", "pass-of-zhang"),
        ("zhangsan\0", "pass-of-zhang"),
        ("z" * 200, "pass-of-zhang"),
        ("zhangsan", "p" * 600),
    ],
)
def test_anything_else_gets_the_same_answer(directory: Directory, name: str, password: str) -> None:
    with pytest.raises(NotVouched) as refused:
        directory.identity(name, password)
    assert refused.value.text == "单位账号或密码不对。"
    assert password == "" or password not in refused.value.why


def test_a_name_that_fits_two_people_opens_neither(directory: Directory) -> None:
    by_number = dataclasses.replace(directory, filter="(employeeNumber={name})")
    with pytest.raises(NotVouched) as refused:
        by_number.identity("9", "pass-of-twins")
    assert refused.value.why == "no such person, or more than one"
    assert by_number.identity("7", "pass-of-zhang").name == "Zhang San"


def test_nothing_is_said_over_a_connection_that_is_not_safe(
    directory: Directory, server: Slapd
) -> None:
    bare = dataclasses.replace(directory, url=server.plain_url)
    with pytest.raises(NotVouched) as refused:
        bare.identity("zhangsan", "pass-of-zhang")
    assert refused.value.why == "the connection would not be encrypted"
    unknown = dataclasses.replace(directory, ca_file="")
    with pytest.raises(NotVouched) as strange:
        unknown.identity("zhangsan", "pass-of-zhang")
    assert strange.value.mend.endswith("FENGCAI_LDAP_CA")


@pytest.mark.parametrize(
    ("change", "mend"),
    [
        ({"bind_password": "no"}, "FENGCAI_LDAP_BIND_DN"),
        ({"base": "ou=gone,dc=example,dc=cn"}, "FENGCAI_LDAP_BASE"),
        ({"filter": "uid={name}))"}, "FENGCAI_LDAP_FILTER"),
        ({"url": "ldaps://127.0.0.1:1"}, "检查 FENGCAI_LDAP_URL"),
    ],
)
def test_the_doctor_says_which_setting_is_wrong(
    directory: Directory, change: dict[str, str], mend: str
) -> None:
    directory.probe()
    with pytest.raises(NotVouched) as refused:
        dataclasses.replace(directory, **change).probe()  # type: ignore[arg-type]
    assert refused.value.mend.startswith(mend)
