"""Who acts; kept on the lowest floor, so that apps below the accounts can name it."""

from sunra.platform.base.actor import ANONYMOUS, Actor, actor_of

__all__ = ["ANONYMOUS", "Actor", "actor_of"]
