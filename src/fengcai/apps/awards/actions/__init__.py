"""What the committee decides and the office does with it: awards, ties, result, certificates."""

from fengcai.apps.awards.actions.certificates import issue_certificates, revoke_certificate
from fengcai.apps.awards.actions.promising import sign_award
from fengcai.apps.awards.actions.results import (
    allocate,
    approve_result,
    break_tie,
    decide_award,
    leave_vacant,
    order_in_award,
)

__all__ = [
    "allocate",
    "approve_result",
    "break_tie",
    "decide_award",
    "issue_certificates",
    "leave_vacant",
    "order_in_award",
    "revoke_certificate",
    "sign_award",
]
