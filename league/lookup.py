"""The player's key: one spelling for every spelling of his name."""

from __future__ import annotations

from unicodedata import category, normalize

PLAIN_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Letters that NFKD leaves whole, case-folded; ß is folded to ss by itself."""

KEPT = ("Ll", "Lo", "Lt", "Lu", "Nd")
"""Letters and digits; not Lm, where Unicode files the apostrophe of some spellings."""


def player_lookup(name: str) -> str:
    """Fold a name to its key: no diacritics, no case, only letters and digits, suffix kept."""
    plain = normalize("NFKD", name).casefold().translate(PLAIN_LETTERS)
    return "".join(letter for letter in normalize("NFKD", plain) if category(letter) in KEPT)
