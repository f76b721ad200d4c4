"""风采 (Fengcai): a works contest from the official notice to the published result."""

__version__ = "0.1.0"
