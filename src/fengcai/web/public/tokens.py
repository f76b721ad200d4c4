"""One's own keys for programs: made, shown once, seen by their beginning, taken back."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fengcai.apps.people.tokens.actions import (
    create_own_token,
    may_make_tokens,
    revoke_token,
)
from fengcai.apps.people.tokens.queries import tokens_of
from fengcai.apps.people.tokens.scopes import Scope
from fengcai.apps.refusals import Refused
from fengcai.web.shared.requests import MemberRequest

LIVES = {30: "30 天", 90: "90 天", 180: "半年", 366: "一年"}


class TokenForm(forms.Form):
    """What a new key is for, what it may do, how long it lives."""

    name = forms.CharField(
        label="用途",
        max_length=60,
        help_text="写给以后的自己看，如“OA 每晚同步作品”。",
        error_messages={"required": "请写明用途", "max_length": "最多 60 字"},
    )
    scopes = forms.MultipleChoiceField(
        label="权限",
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="只选用得到的。令牌能做的，永远不超过您自己此刻的身份。",
        error_messages={"required": "请至少选一项", "invalid_choice": "没有这样的权限"},
    )
    days = forms.TypedChoiceField(
        label="有效期",
        choices=tuple(LIVES.items()),
        coerce=int,
        initial=90,
        error_messages={"required": "请选择", "invalid_choice": "请选择"},
    )


@sensitive_variables("key")
@login_required
@reauthentication_required(allow_get=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: MemberRequest) -> HttpResponse:
    """My keys; POST makes one and shows it, this once, on the page that answers."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    key, made = "", None
    if request.method == "POST" and form.is_valid():
        try:
            made, key = create_own_token(
                user=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                life=timedelta(days=form.cleaned_data["days"]),
                at=timezone.now(),
            )
            form = TokenForm()
        except Refused as refused:
            form.add_error(None, refused.message)
    return render(
        request,
        "public/tokens.html",
        {
            "form": form,
            "key": key,
            "made": made,
            "may_make": may_make_tokens(request.user),
            "tokens": tokens_of(request.user, at=timezone.now()),
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def revoke(request: MemberRequest, token_id: int) -> HttpResponse:
    """Take one of my keys back."""
    token = revoke_token(
        token_id=token_id,
        owner=request.user,
        by=f"user:{request.user.pk}",
        at=timezone.now(),
    )
    messages.success(request, f"令牌“{token.name}”已停用，用它的程序立即不能再读写。")
    return redirect("my-tokens")
