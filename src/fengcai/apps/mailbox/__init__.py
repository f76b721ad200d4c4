"""The mailbox as an entry channel: every letter a case, matched, taken in, answered, kept."""
