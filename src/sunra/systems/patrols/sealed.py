"""Who a member is: sealed in one text, bound to the member's row."""

import json
import re
from dataclasses import asdict, dataclass
from uuid import UUID

from sunra.platform.base.sealing import Seal
from sunra.systems.patrols.models.dogs import DogPair
from sunra.systems.patrols.models.people import Member

_SEAL = Seal(key="members", about="patrols.Member")
_DOGS = Seal(key="members", about="patrols.DogPair")
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Details:
    """What is personal about a member; ``role`` is a code or a word, ``languages`` words."""

    name: str = ""
    telephone: str = ""
    role: str = ""
    languages: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str] | None:
        """Name and digits of the telephone, by which one person is found twice; nothing without both."""
        digits = _NOT_DIGITS.sub("", self.telephone)
        name = "".join(self.name.split()).casefold()
        return (name, digits) if name and digits else None

    def matches(self, text: str) -> bool:
        """Whether a searched text is in name, role or languages, or its digits in the telephone."""
        wanted, digits = "".join(text.split()).casefold(), _NOT_DIGITS.sub("", text)
        words = (self.name, self.role, *self.languages)
        if wanted and any(wanted in "".join(word.split()).casefold() for word in words):
            return True
        return len(digits) >= 4 and digits in _NOT_DIGITS.sub("", self.telephone)


@dataclass(frozen=True, slots=True)
class Dog:
    """A dog's name and its 15-digit registration number, which leads to whom it belongs."""

    name: str = ""
    number: str = ""


def seal_dog(pair_id: UUID, dog: Dog) -> str:
    """The sealed text of a dog."""
    return _DOGS.seal(json.dumps(asdict(dog), ensure_ascii=False), row=str(pair_id))


def unseal_dog(pair: DogPair) -> Dog:
    """Which dog it is; nothing after the handler withdrew. Raises ``SealBroken``."""
    return Dog(**json.loads(_DOGS.unseal(pair.sealed, row=str(pair.pk)))) if pair.sealed else Dog()


def seal(member_id: UUID, details: Details) -> str:
    """The sealed text of a member."""
    return _SEAL.seal(json.dumps(asdict(details), ensure_ascii=False), row=str(member_id))


def unseal(member: Member) -> Details:
    """Who a member is; of a withdrawn one nothing. Raises ``SealBroken``."""
    if not member.sealed:
        return Details()
    plain = json.loads(_SEAL.unseal(member.sealed, row=str(member.pk)))
    return Details(**(plain | {"languages": tuple(plain["languages"])}))
