"""What pages may know about awards: the result with its reasons, tables to hand out, certificates."""

from fengcai.apps.awards.promising import Asked, asked_of, owing
from fengcai.apps.awards.queries.certificates import (
    CertificateFile,
    CertificateRow,
    Verification,
    certificate_file,
    certificates_in,
    certificates_of,
    verify,
)
from fengcai.apps.awards.queries.result import approved_page, result_page
from fengcai.apps.awards.queries.rows import (
    AwardRow,
    DecisionRow,
    MarkRow,
    MoneyRow,
    OpenTieRow,
    PlacesRow,
    RankRow,
    ResultPage,
    UnitWinnerRow,
    WinnerRow,
    WorkRow,
)
from fengcai.apps.awards.queries.tables import (
    Table,
    awards_rows,
    payment_rows,
    ranking_rows,
    result_json,
)
from fengcai.apps.awards.queries.won import awarded
from fengcai.apps.awards.resting import still_open

__all__ = [
    "Asked",
    "AwardRow",
    "CertificateFile",
    "CertificateRow",
    "DecisionRow",
    "MarkRow",
    "MoneyRow",
    "OpenTieRow",
    "PlacesRow",
    "RankRow",
    "ResultPage",
    "Table",
    "UnitWinnerRow",
    "Verification",
    "WinnerRow",
    "WorkRow",
    "approved_page",
    "asked_of",
    "awarded",
    "awards_rows",
    "certificate_file",
    "certificates_in",
    "certificates_of",
    "owing",
    "payment_rows",
    "ranking_rows",
    "result_json",
    "result_page",
    "still_open",
    "verify",
]
