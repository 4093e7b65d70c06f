"""Invitations that are handed over in person: printed, or shown on a screen to a phone's camera."""

import base64
from io import BytesIO

import qrcode  # type: ignore[import-untyped]
from django.conf import settings
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

_NO_SERVER = ("console", "dummy")


def by_hand_alone() -> bool:
    """Whether no mail server is configured, so that a mail would reach nobody."""
    return str(settings.EMAIL_BACKEND).split(".")[-2] in _NO_SERVER


def qr(address: str) -> str:
    """The address as a QR code: a ``data:`` address of an SVG picture, dark on white."""
    picture = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=4).save(picture)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode("ascii")
