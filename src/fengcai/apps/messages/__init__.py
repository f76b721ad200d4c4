"""Messages: the outbox. Every mail, text message, robot's post and site notice is a row with its
template, its state and, where it did not go out, the cause.

What to say and to whom is decided by the contexts above, which register their templates here by name.
"""
