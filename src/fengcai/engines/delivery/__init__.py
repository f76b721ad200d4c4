"""Getting words to people outside: mail by SMTP, text messages by a provider, a group robot.

Each way says what became of one message at once: it returns, or raises `NotSent` with a Chinese sentence
and whether another try may help. Nothing is kept, queued or tried again here; no secret is ever shown.
"""

from .failing import NotSent

__all__ = ["NotSent"]
