"""Spreadsheets in and out: rosters that officers made, lists that officers take away.

Reads .xlsx and .csv into plain rows of text and writes .xlsx; what the columns mean is the
caller's business.
"""

from __future__ import annotations

from fengcai.engines.documents.tables.reading import read_table
from fengcai.engines.documents.tables.table import Row, Table, TableRefused
from fengcai.engines.documents.tables.writing import Column, Sheet, write_xlsx

__all__ = ["Column", "Row", "Sheet", "Table", "TableRefused", "read_table", "write_xlsx"]
