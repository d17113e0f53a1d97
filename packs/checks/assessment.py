"""What contributions and proposals name exists; a layer stands in city.yaml once."""

from __future__ import annotations

from collections.abc import Sequence

from packs.assessment import Contribution, Proposal
from packs.checks.routes import check_match
from packs.document import Document, Where
from packs.pack import Pack
from packs.routing import Match


def check(pack: Pack) -> None:
    """Raises ``pack.duplicate_code``, ``pack.unknown_category``, ``pack.unknown_layer`` or
    ``pack.unknown_mode``."""
    layers = [one.layer for one in pack.city.layers]
    for i, layer in enumerate(layers):
        if layer in layers[:i]:
            raise pack.documents["city.yaml"].error(
                "duplicate_code",
                f"{layer!r} stands in layers twice",
                ("layers", i, "layer"),
                mend="rename one of the two",
            )
    document = pack.documents.get("assessment.yaml")
    if document is not None:
        _check(pack, document, ("contributions",), pack.assessment.contributions)
        _check(pack, document, ("proposals",), pack.assessment.proposals)
    for scenario, mode in pack.modes.items():
        document = pack.documents[f"modes/{scenario}.yaml"]
        _check(pack, document, ("contributions",), mode.contributions)


def _check(
    pack: Pack, document: Document, above: Where, parts: Sequence[Contribution | Proposal]
) -> None:
    for i, part in enumerate(parts):
        mode = part.mode if isinstance(part, Contribution) else None
        asked = Match(category=part.category, layer=part.layer, mode=mode)
        check_match(pack, document, (*above, i), asked)
