"""CPU, SQL and bytes of the pages that people open most, with 1 000 and with 20 000 works."""
