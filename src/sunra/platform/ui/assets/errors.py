"""What can go wrong in a build."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError


class AssetError(UserError):
    """A step failed; ``where`` carries the step and the last lines of the tool."""

    def __init__(self, step: str, detail: str) -> None:
        super().__init__(
            code="assets",
            message=_("The pages' files could not be built."),
            remedy=_("Check the network and the free disk space, then run `sunra assets` again."),
            where=(step, detail),
        )
