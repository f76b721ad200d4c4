"""Asking a language model what a notice says: optional, off unless an address is set.

Any endpoint that speaks OpenAI's chat completions will do, also one inside the hospital's network.
The notice's text is sent to it; what comes back is a list of suggestions that `core.notice` holds
against the text. Nothing here is needed for drafting.
"""

from .asking import Endpoint, SuggestionsFailed, ask

__all__ = ["Endpoint", "SuggestionsFailed", "ask"]
