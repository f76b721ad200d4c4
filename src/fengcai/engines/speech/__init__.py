"""Having speech written down: optional, off unless the address of a service is set.

Any endpoint that speaks OpenAI's audio transcriptions will do, best one inside the hospital's network:
the sound of works is sent to it. What comes back is text with times, read as data and never trusted.
"""

from .transcribing import SAMPLE_RATE, Endpoint, Segment, SpeechFailed, transcribe

__all__ = ["SAMPLE_RATE", "Endpoint", "Segment", "SpeechFailed", "transcribe"]
