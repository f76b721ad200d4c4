"""Look-alikes: recall under changes, false alarms among strangers, the time of a query."""
