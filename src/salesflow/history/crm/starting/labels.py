"""Names made of what people call their stages."""

from __future__ import annotations

import re
import unicodedata

from salesflow.process.checks_names import RESERVED

LONGEST = 48
"""Characters of a name; room is left for what tells two of them apart, and for names of rules."""

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th"}
)


def name_of(label: str, otherwise: str) -> str:
    """
    Return a name for a label: small letters without accents, digits and underscores.

    Args:
        label: In any script.

        otherwise: The name if nothing of the label can be kept.

    >>> name_of("2. Angebot läuft!", "stage_2"), name_of("谈判", "stage_3"), name_of("In", "x")
    ('angebot_lauft', 'stage_3', 'in_')
    """
    plain = unicodedata.normalize("NFKD", label.casefold().translate(_LETTERS))
    kept = re.sub("[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode())
    name = kept.lstrip("_0123456789").rstrip("_")[:LONGEST].rstrip("_")
    if name in RESERVED:
        return f"{name}_"
    return name or otherwise


def unlike(name: str, taken: set[str]) -> str:
    """
    Return *name*, or the same with a number if it is taken.

    >>> unlike("won", {"won", "won_2"})
    'won_3'
    """
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found
