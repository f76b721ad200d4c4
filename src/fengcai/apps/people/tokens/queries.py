"""What pages and commands may know about the keys of programs: never the keys themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fengcai.apps.people.models import ApiToken, User
from fengcai.apps.people.tokens.scopes import Scope


@dataclass(frozen=True)
class TokenRow:
    """A key as a list shows it. `hint` is how it begins; `state` alive · expired · revoked."""

    id: int
    name: str
    hint: str
    username: str
    owner: str
    scopes: tuple[str, ...]
    scope_names: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    state: str

    @property
    def alive(self) -> bool:
        """Whether it still opens something."""
        return self.state == "alive"


def tokens_of(user: User | None, *, at: datetime) -> list[TokenRow]:
    """The keys of one account, or of all when `user` is None; newest first. 1 SQL."""
    rows = ApiToken.objects.select_related("user")
    if user is not None:
        rows = rows.filter(user=user)
    return [_row(token, at) for token in rows]


def _row(token: ApiToken, at: datetime) -> TokenRow:
    state = "revoked" if token.revoked_at else "expired" if token.expires_at <= at else "alive"
    known = [scope for scope in token.scopes if scope in Scope.values]
    return TokenRow(
        id=token.pk,
        name=token.name,
        hint=token.hint,
        username=token.user.username,
        owner=str(token.user),
        scopes=tuple(known),
        scope_names=tuple(str(Scope(scope).label) for scope in known),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
        state=state,
    )
