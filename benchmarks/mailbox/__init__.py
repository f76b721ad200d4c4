"""Mailbox: how fast mails come out of a real Dovecot and into files, and in how much memory."""
