"""The desk's consumer group over one partition: who is in it, and whose the partition is."""

from __future__ import annotations


class Group:
    """It checks generations, and not who owns: Kafka's KIP-447 does no more."""

    def __init__(self) -> None:
        self.generation = 0
        self.members: dict[str, int] = {}
        self.owner: str | None = None
        self.heir: str | None = None
        """Who gets the partition when its owner has given it back."""

    def join(self, member: str) -> None:
        """A member comes; the partition stays where it is, but for a newcomer to an empty seat."""
        self.members[member] = self.generation
        self._settle(self.owner if self.owner is not None else member)

    def move(self, heir: str) -> None:
        """A rebalance gives the partition to ``heir``, when its owner has given it back."""
        if self.owner in self.members and self.owner != heir:
            self.heir = heir
        elif self.owner != heir:
            self._settle(heir)

    def revoking(self, member: str) -> bool:
        return self.owner == member and self.heir is not None

    def give_back(self, member: str) -> None:
        """The revoke callback has returned."""
        if self.revoking(member):
            self._settle(self.heir if self.heir in self.members else member)

    def expire(self, member: str) -> None:
        """The member has been silent: its session is over, its partition somebody else's."""
        self.members.pop(member, None)
        if self.owner == member:
            self._settle(self.heir if self.heir in self.members else next(iter(self.members), None))
        elif self.heir == member:
            self.heir = None

    def _settle(self, owner: str | None) -> None:
        self.generation += 1
        self.owner, self.heir = owner, None
        self.members = dict.fromkeys(self.members, self.generation)
