"""Addresses of the organiser pages."""

from __future__ import annotations

from django.urls import path

from fengcai.web.organiser.views import (
    audit,
    awards,
    certificates,
    jobs,
    office,
    people,
    publication,
    questions,
    rounds,
    units,
    works,
)

OFFICE = "c/<slug:slug>/office/"

urlpatterns = [
    path(OFFICE, office.office, name="office"),
    path(OFFICE + "coverage.xlsx", office.coverage_xlsx, name="office-coverage-xlsx"),
    path(OFFICE + "works/", works.works, name="office-works"),
    path(OFFICE + "works.csv", works.works_csv, name="office-works-csv"),
    path(OFFICE + "questions/", questions.questions, name="office-questions"),
    path(OFFICE + "questions/<str:question>/", questions.answer, name="office-answer"),
    path(OFFICE + "open/", questions.open_now, name="office-open"),
    path(OFFICE + "units/", units.units, name="office-units"),
    path(OFFICE + "units/preview/", units.preview, name="office-units-preview"),
    path(OFFICE + "units/import/", units.take_in, name="office-units-import"),
    path(OFFICE + "units/roster.xlsx", units.roster_xlsx, name="office-units-xlsx"),
    path(OFFICE + "units/template.xlsx", units.template_xlsx, name="office-units-template"),
    path(OFFICE + "people/", people.people, name="office-people"),
    path(OFFICE + "people/sheet/", people.sheet, name="office-people-sheet"),
    path(OFFICE + "people/<int:pk>/link/", people.link, name="office-people-link"),
    path(OFFICE + "people/<int:pk>/dismiss/", people.leave, name="office-people-dismiss"),
    path(OFFICE + "round/", rounds.rounds, name="office-round"),
    path(OFFICE + "round/<str:round_id>/open/", rounds.begin, name="office-round-open"),
    path(OFFICE + "round/<str:round_id>/seat/", rounds.seat, name="office-round-seat"),
    path(OFFICE + "round/<str:round_id>/seal/", rounds.seal, name="office-round-seal"),
    path(
        OFFICE + "round/<str:round_id>/judges/<int:judge>/reopen/",
        rounds.reopen,
        name="office-round-reopen",
    ),
    path(
        OFFICE + "round/<str:round_id>/judges/<int:judge>/excuse/",
        rounds.excuse,
        name="office-round-excuse",
    ),
    path(OFFICE + "awards/", awards.awards, name="office-awards"),
    path(OFFICE + "awards/compute/", awards.compute, name="office-awards-compute"),
    path(OFFICE + "awards/decide/<str:award_id>/", awards.decide, name="office-awards-decide"),
    path(OFFICE + "awards/tie/<int:number>/", awards.tie, name="office-awards-tie"),
    path(OFFICE + "awards/approve/", awards.approve, name="office-awards-approve"),
    path(OFFICE + "awards/export/<str:name>", awards.export, name="office-awards-export"),
    path(OFFICE + "certificates/issue/", certificates.issue, name="office-certificates-issue"),
    path(
        OFFICE + "certificates/progress/",
        certificates.progress,
        name="office-certificates-progress",
    ),
    path(
        OFFICE + "certificates/<uuid:certificate_id>/revoke/",
        certificates.revoke,
        name="office-certificate-revoke",
    ),
    path(OFFICE + "publication/", publication.publication, name="office-publication"),
    path(OFFICE + "publication/works/", publication.show_works, name="office-publish-works"),
    path(OFFICE + "publication/results/", publication.results, name="office-publish-results"),
    path(
        OFFICE + "publication/<uuid:entry_id>/hide/",
        publication.hide,
        name="office-publication-hide",
    ),
    path(OFFICE + "jobs/", jobs.given_up, name="office-jobs"),
    path(OFFICE + "jobs/again/", jobs.all_again, name="office-jobs-all-again"),
    path(OFFICE + "jobs/<int:job_id>/again/", jobs.again, name="office-jobs-again"),
    path(OFFICE + "audit/", audit.audit, name="office-audit"),
    path("jobs/", jobs.everybodys, name="jobs"),
    path("jobs/again/", jobs.everybodys_all_again, name="jobs-all-again"),
    path("jobs/<int:job_id>/again/", jobs.everybodys_again, name="jobs-again"),
]
