"""Announcements, and questions with their answers, as anybody may read and ask them."""

from __future__ import annotations

from typing import Any

from captcha.models import CaptchaStore
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from fengcai.apps.bulletin.answering import ask_question
from fengcai.apps.bulletin.queries import announcements, faq, mine, question_by_token
from fengcai.apps.contests.queries import contest_by_slug
from fengcai.apps.refusals import Refused
from fengcai.web.shared.pace import paced


class VisitorsPicture(forms.Form):
    """The digits of the picture, asked of visitors only; a picture is good once, right or wrong."""

    key = forms.CharField(max_length=40, required=False)
    picture = forms.CharField(max_length=8, required=False)

    def right(self) -> bool:
        """Whether the digits are those of a picture that is still alive."""
        if not self.is_valid():
            return False
        row = CaptchaStore.objects.filter(hashkey=self.cleaned_data["key"]).first()
        if row is None:
            return False
        gone, _ = CaptchaStore.objects.filter(pk=row.pk).delete()
        said = self.cleaned_data["picture"].strip().lower()
        alive = bool(gone) and row.expiration > timezone.now()
        return alive and constant_time_compare(row.response, said)


@require_safe
def notices(request: HttpRequest, slug: str) -> HttpResponse:
    """All announcements of a contest."""
    contest = contest_by_slug(slug)
    context = {"contest": contest, "rows": announcements(contest)}
    return render(request, "public/notices.html", context)


@paced("questions", limit=60, seconds=60)
@sensitive_post_parameters("email", "name", "text")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """The answered questions; POST asks a new one."""
    contest = contest_by_slug(slug)
    if request.method != "POST":
        return _page(request, contest)
    user = request.user if request.user.is_authenticated else None
    try:
        if user is None and not VisitorsPicture(request.POST).right():
            raise Refused(
                "图中的数字不对，或图已过期；问题还没有提交，写的内容都在。",
                fields={"picture": "已换一张，请照新图填写"},
            )
        _, token = ask_question(
            contest=contest,
            text=request.POST.get("text", ""),
            by=user,
            name=request.POST.get("name", ""),
            email=request.POST.get("email", ""),
            at=timezone.now(),
        )
    except Refused as error:
        return _page(request, contest, error)
    messages.success(request, "问题已提交，主办方会尽快答复。")
    if user is not None:
        return redirect("questions", slug=slug)
    return redirect("question", slug=slug, token=token)


@paced("questions", limit=60, seconds=60)
@never_cache
@require_safe
def question(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """A visitor's own question, with its answer once there is one."""
    contest = contest_by_slug(slug)
    context = {"contest": contest, "row": question_by_token(contest, token)}
    answer = render(request, "public/question.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _page(request: HttpRequest, contest: Any, error: Refused | None = None) -> HttpResponse:
    search = request.GET.get("q", "")[:100]
    context = {
        "contest": contest,
        "rows": faq(contest, search=search),
        "mine": mine(contest, request.user),
        "search": search,
        "error": error,
        "typed": request.POST if error else None,
        "picture": "" if request.user.is_authenticated else CaptchaStore.generate_key(),
    }
    return render(request, "public/questions.html", context, status=error.status if error else 200)
