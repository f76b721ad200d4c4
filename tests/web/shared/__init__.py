"""The shared page parts, drawn through real templates."""
