"""Turns an error with a remedy into the lines the command prints."""


def explain(error: Exception) -> str | None:
    """The text for a person, or None when the error is a fault of ours and its trace is needed."""
    code = getattr(error, "code", None)
    if not isinstance(code, str):
        return None
    return f"sunra: {error} [{code}]"
