"""People: accounts and the personal links by which people without e-mail come in."""
