"""Addresses that anybody may open."""

from django.urls import path

from fengcai.web.public import bulletin, desk, files, letters, own, privacy, releases, tokens, views

urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:slug>/", views.contest, name="contest"),
    path("c/<slug:slug>/rules/", views.rules, name="rules"),
    path("c/<slug:slug>/notices/", bulletin.notices, name="notices"),
    path("c/<slug:slug>/questions/", bulletin.questions, name="questions"),
    path("c/<slug:slug>/questions/<str:token>/", bulletin.question, name="question"),
    path("c/<slug:slug>/gallery/", views.gallery, name="gallery"),
    path("c/<slug:slug>/gallery/<str:number>/", views.work, name="work"),
    path("c/<slug:slug>/results/", views.results, name="results"),
    path("verify/<uuid:certificate_id>", views.verify, name="verify"),
    path("enter/<str:token>/", desk.enter, name="enter"),
    path("r/<str:token>/", releases.release, name="release"),
    path("r/<str:token>/withdraw/", releases.withdraw, name="release-withdraw"),
    path("r/<str:token>/copy.pdf", releases.copy, name="release-copy"),
    path("letters/<str:token>/", letters.letter, name="letter"),
    path("letters/<str:token>/grant/", letters.grant, name="letter-grant"),
    path("letters/<str:token>/unfinished/", letters.unfinished, name="letter-unfinished"),
    path("me/", desk.me, name="me"),
    path("privacy/", privacy.public, name="privacy"),
    path("c/<slug:slug>/privacy/", privacy.public, name="contest-privacy"),
    path("me/privacy/", privacy.mine, name="my-privacy"),
    path("me/privacy/asked/", privacy.asked, name="privacy-asked"),
    path("me/privacy/consents/<slug:purpose>/", privacy.consent, name="my-consent"),
    path("me/privacy/requests/", privacy.ask, name="my-data-request"),
    path("me/privacy/data.json", privacy.copy, name="my-data"),
    path("me/messages/", own.messages, name="my-messages"),
    path("unsubscribe/<str:token>/", own.unsubscribe, name="unsubscribe"),
    path("me/tokens/", tokens.mine, name="my-tokens"),
    path("me/tokens/<int:token_id>/revoke/", tokens.revoke, name="my-token-revoke"),
    path("files/<uuid:asset_id>/<str:part>", files.file, name="file"),
    path("files/<uuid:asset_id>/evidence/<str:name>", files.evidence, name="evidence"),
    path("certificates/<uuid:certificate_id>.pdf", files.certificate, name="certificate"),
]
