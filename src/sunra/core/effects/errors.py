"""What evaluations refuse."""


class EffectsError(Exception):
    """Input that cannot be judged; ``code`` says why: "bad_shape", "bad_values"."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{code}: {field}" if field else code)
        self.code, self.field = code, field
