"""What the subject of a mail tells: that a program wrote it, and no human."""

from __future__ import annotations

from collections.abc import Iterable


def _folded(text: str) -> str:
    return " ".join(text.replace("\uff1a", ":").casefold().split())


_BY_PROGRAMS = tuple(
    f"{_folded(words)}:"
    for words in (
        "Automatic reply",
        "Out of Office AutoReply",
        "Automatische Antwort",
        "Automatisch antwoord",
        "Réponse automatique",
        "Respuesta automática",
        "Resposta automática",
        "Risposta automatica",
        "Automatisk svar",
        "Autosvar",
        "Automaattinen vastaus",
        "Automatyczna odpowiedź",
        "Automatická odpověď",
        "Otomatik yan\u0131t",
        "Автоматический ответ",
        "自動応答",
        "自动答复",
        "자동 회신",
    )
)
"""What Exchange and Outlook put before the subject of what they answer, by language."""


def is_automatic(subject: str | None, beginnings: Iterable[str] = ()) -> bool:
    """
    Return whether a mail is an automatic answer, such as that somebody is out of the office.

    Args:
        subject: Its subject, in upper or lower case. None: it is not known.

        beginnings: How such subjects begin, in addition to what mail programs write, which they
            follow with a colon.

    >>> is_automatic("Automatic reply: your offer"), is_automatic("Automatic reply to orders")
    (True, False)
    >>> is_automatic("OOO until Monday", ["ooo"])
    True
    """
    # Salesforce writes what it is before the subject. After "Re:" somebody answers the answer.
    text = _folded(subject or "").removeprefix("email: ")
    known = (*_BY_PROGRAMS, *filter(None, map(_folded, beginnings)))
    return text.replace(" :", ":", 1).startswith(known)
