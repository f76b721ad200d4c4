"""Mobile numbers: proved by a code, and the accounts that they open."""
