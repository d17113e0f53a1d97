"""Escalation policies, the service behind P1 and the city's calendar are there, and once."""

from __future__ import annotations

from packs.pack import Pack


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_code``, ``pack.unknown_policy``, ``pack.unknown_linkage`` or
    ``pack.unknown_calendar``."""
    if pack.escalation is not None:
        document = pack.documents["escalation.yaml"]
        known: set[str] = set()
        for i, policy in enumerate(pack.escalation.policies):
            if policy.policy in known:
                raise document.error(
                    "duplicate_code",
                    f"{policy.policy!r} stands in policies twice",
                    ("policies", i, "policy"),
                    mend="rename one of the two",
                )
            known.add(policy.policy)
        for priority, name in pack.escalation.defaults:
            if name not in known:
                raise document.error(
                    "unknown_policy",
                    f"there is no policy {name!r}",
                    ("defaults", priority),
                    mend="add it to policies, or name one that is there",
                )
        service = pack.escalation.life.p1_linkage
        if service is not None and service not in pack.city.linkage:
            raise document.error(
                "unknown_linkage",
                f"there is no linkage service {service!r}",
                ("life", "p1_linkage"),
                mend=f"name one of city.yaml: {', '.join(pack.city.linkage) or 'it has none'}",
            )
    wanted = pack.city.calendar
    if wanted is not None:
        names = [one.name for one in pack.calendars.calendars] if pack.calendars else []
        if wanted not in names:
            raise pack.documents["city.yaml"].error(
                "unknown_calendar",
                f"there is no calendar {wanted!r}",
                ("calendar",),
                mend=f"name one of calendars.yaml: {', '.join(names) or 'it has none'}",
            )
