"""Addresses of the review desk."""

from django.urls import path

from fengcai.web.reviewer import files, packs, views

urlpatterns = [
    path("c/<slug:slug>/review/", views.desk, name="review-desk"),
    path("c/<slug:slug>/packs/", packs.packs, name="packs"),
    path("c/<slug:slug>/packs/list/", packs.standing, name="packs-standing"),
    path("c/<slug:slug>/packs/<uuid:pack_id>/file.zip", packs.zip_file, name="pack-zip"),
    path("c/<slug:slug>/packs/<uuid:pack_id>/drop/", packs.drop, name="pack-drop"),
    path("review/<uuid:entry_id>/", views.sheet, name="review"),
    path(
        "review/<uuid:entry_id>/files/<uuid:asset_id>/", files.inspection, name="review-inspection"
    ),
    path("review/<uuid:entry_id>/point", views.point, name="review-point"),
    path("review/<uuid:entry_id>/received", views.received, name="review-received"),
    path("review/<uuid:entry_id>/check-again", views.check_again, name="review-check-again"),
]
