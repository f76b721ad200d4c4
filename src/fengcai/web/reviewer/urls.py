"""Addresses of the review desk."""

from django.urls import path

from fengcai.web.reviewer import files, views

urlpatterns = [
    path("c/<slug:slug>/review/", views.desk, name="review-desk"),
    path("review/<uuid:entry_id>/", views.sheet, name="review"),
    path(
        "review/<uuid:entry_id>/files/<uuid:asset_id>/", files.inspection, name="review-inspection"
    ),
    path("review/<uuid:entry_id>/point", views.point, name="review-point"),
    path("review/<uuid:entry_id>/received", views.received, name="review-received"),
    path("review/<uuid:entry_id>/check-again", views.check_again, name="review-check-again"),
]
