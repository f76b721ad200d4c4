"""Addresses of a unit's own people."""

from django.urls import path

from fengcai.web.entrant import (
    amendments,
    below,
    experts,
    filling,
    gathering,
    handover,
    inspection,
    releases,
    views,
)

urlpatterns = [
    path("c/<slug:slug>/works/", views.works, name="works"),
    path("c/<slug:slug>/works/rank", gathering.rank, name="works-rank"),
    path("c/<slug:slug>/gather/", gathering.gather, name="gathering"),
    path("c/<slug:slug>/handover/", handover.handover, name="handover"),
    path("c/<slug:slug>/handover/<int:handover>/end/", handover.withdraw, name="handover-withdraw"),
    path("c/<slug:slug>/below/", below.below, name="below"),
    path("c/<slug:slug>/below/<uuid:id>/", below.decide, name="below-decide"),
    path("c/<slug:slug>/amendments/seen/", amendments.seen, name="amendments-seen"),
    path("works/<uuid:entry_id>/", views.entry, name="entry"),
    path("works/<uuid:entry_id>/save", views.save, name="entry-save"),
    path("works/<uuid:entry_id>/grant/<str:slot>", views.grant, name="entry-grant"),
    path("works/<uuid:entry_id>/pending/<str:slot>", views.pending, name="entry-pending"),
    path("works/<uuid:entry_id>/files/<str:slot>", views.files, name="entry-files"),
    path(
        "works/<uuid:entry_id>/files/<uuid:asset_id>/",
        inspection.inspection,
        name="entry-inspection",
    ),
    path("works/<uuid:entry_id>/items/<str:slot>", filling.item, name="entry-item"),
    path("works/<uuid:entry_id>/arrange/<str:slot>", filling.arrange, name="entry-arrange"),
    path("works/<uuid:entry_id>/labels.pdf", filling.labels, name="entry-labels"),
    path("works/<uuid:entry_id>/forms/<str:slot>.pdf", filling.form, name="entry-form-pdf"),
    path("works/<uuid:entry_id>/people/", releases.people, name="entry-releases"),
    path(
        "works/<uuid:entry_id>/people/<uuid:about>/<str:what>",
        releases.act,
        name="entry-release-act",
    ),
    path("releases/<uuid:release_id>/code.svg", releases.code, name="entry-release-code"),
    path("releases/<uuid:release_id>/scan", releases.scan, name="entry-release-scan"),
    path("works/<uuid:entry_id>/experts", experts.ask, name="entry-expert"),
    path(
        "works/<uuid:entry_id>/experts/<int:opinion>/void", experts.void, name="entry-expert-void"
    ),
    path("works/<uuid:entry_id>/pages/<int:number>", experts.snapshot, name="entry-snapshot"),
    path("works/<uuid:entry_id>/submit", views.submit, name="entry-submit"),
    path("works/<uuid:entry_id>/confirm", views.confirm, name="entry-confirm"),
    path("works/<uuid:entry_id>/award", views.sign_as_winner, name="entry-sign-award"),
    path("works/<uuid:entry_id>/recall", views.recall, name="entry-recall"),
    path("works/<uuid:entry_id>/withdraw", views.withdraw, name="entry-withdraw"),
]
