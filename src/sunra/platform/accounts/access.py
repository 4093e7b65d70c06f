"""Deny by default; kept on the lowest floor, so that apps below the accounts can declare what they need."""

from sunra.platform.base.access import (
    GRANTS,
    PUBLIC,
    SIGNED_IN,
    Access,
    Denied,
    NotVisible,
    Refused,
    allow,
    declare_url,
    get_visible,
    grant,
    public,
    require,
    visible,
)

__all__ = [
    "GRANTS",
    "PUBLIC",
    "SIGNED_IN",
    "Access",
    "Denied",
    "NotVisible",
    "Refused",
    "allow",
    "declare_url",
    "get_visible",
    "grant",
    "public",
    "require",
    "visible",
]
