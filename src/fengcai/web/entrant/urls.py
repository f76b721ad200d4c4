"""Addresses of a unit's own people."""

from django.urls import path

from fengcai.web.entrant import views

urlpatterns = [
    path("c/<slug:slug>/works/", views.works, name="works"),
    path("works/<uuid:entry_id>/", views.entry, name="entry"),
    path("works/<uuid:entry_id>/save", views.save, name="entry-save"),
    path("works/<uuid:entry_id>/grant/<str:slot>", views.grant, name="entry-grant"),
    path("works/<uuid:entry_id>/pending/<str:slot>", views.pending, name="entry-pending"),
    path("works/<uuid:entry_id>/files/<str:slot>", views.files, name="entry-files"),
    path("works/<uuid:entry_id>/submit", views.submit, name="entry-submit"),
    path("works/<uuid:entry_id>/confirm", views.confirm, name="entry-confirm"),
    path("works/<uuid:entry_id>/recall", views.recall, name="entry-recall"),
    path("works/<uuid:entry_id>/withdraw", views.withdraw, name="entry-withdraw"),
]
