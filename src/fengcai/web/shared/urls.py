"""The living page of the design system; the project mounts it in debug only."""

from django.urls import path

from fengcai.web.shared import specimens

urlpatterns = [
    path("", specimens.design, name="design"),
    path("fragment/<int:step>/", specimens.fragment, name="design-fragment"),
    path("film.mp4", specimens.film, name="design-film"),
    path("grant/", specimens.grant, name="design-grant"),
    path("draft/", specimens.draft, name="design-draft"),
    path("marks/", specimens.marks, name="design-marks"),
    path("fault/<int:status>/", specimens.fault, name="design-fault"),
]
