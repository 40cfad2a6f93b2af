"""Limits for the text of the pages: private words, sentences that puzzled readers, lengths.

They apply to prose: a word in code marks is a name of the code, one in quotation marks is quoted.
"""

import re
from typing import NamedTuple

# "what" as a subject, of 1,000 words: httpx has 0.8, svcs 1.0. A heading may ask a question.
MOST_WHATS = 2.0
MOST_WHATS_OF_A_PAGE = 3.0
# A page that is longer has several questions; these are read by searching in them.
MOST_WORDS = 2500
ANY_LENGTH = {"docs/decisions.md", "docs/spec.md", "docs/settings.md"}


class PrivateWord(NamedTuple):
    """A word that only this project used so, and the standard term for it."""

    pattern: str
    instead: str


# The patterns leave out ordinary uses: "asked for a token", "told apart", "the edge of a window".
PRIVATE_WORDS = [
    PrivateWord(r"\bdoors?\b", "endpoint, HTTPS or the queue"),
    PrivateWord(r"\bjudg\w*", "validate"),
    # A step of the pipeline has this name; a page writes it in code marks.
    PrivateWord(r"\bsettl(?:es?|ed|ing)\b", "record the answer"),
    # The browser Edge is a name; the edge of something is an ordinary word.
    PrivateWord(r"\b[Tt]he edge\b(?! (?:of|locations?|case))", "API Gateway"),
    PrivateWord(r"\b(?:is|are|was|were|be|been|being) asked\b(?! (?:for|to)\b)", "called, queried"),
    PrivateWord(r"\basked (?:with|by|of|through)\b", "queried with, called by"),
    PrivateWord(r"\b(?:is|are|was|were|be|been|being) told\b(?! apart\b)", "reported, returned"),
    PrivateWord(r"\bbur(?:y|ies|ied|ying)\b", "dead-letter"),
    # A lock is held by a process.
    PrivateWord(r"\bheld (?:against|by (?:an? |the )?tests?)\b", "tested by"),
    PrivateWord(r"\bof what\b", "the noun that is meant"),
    PrivateWord(r"\bwhat (?:became|becomes|become) of\b", "the outcome, say which"),
    # A table grows by itself; "each event by itself" means "each event".
    PrivateWord(
        r"\b(?:each|every|all|one)\b[^.;:|]{0,40} by (?:itself|themselves)\b", "alone, or nothing"
    ),
]

# Each of these puzzled a reader once; `…` stands for code.
PUZZLES = [
    r"judges every event by itself",
    r"an undelivered event is never answered 202",
    r"which cannot be\b[.;,]",
    r"is what … holds",
    r"it limits\b.* and (?:does not prove|proves nothing)",
    r"nobody can be told by it",
    r"asked with Athena",
    r"takes nothing away, but hides what it lists until it is done",
    r"the function died over it",
    r"Visible again after six times the function's time",
    r"an answer for their endpoint alone is none",
    r"did what it was asked and could not say so",
    r"one that is too many lets the user's oldest device go",
    r"is paid at every cold start",
    r"of those, the one updated last is ACTIVE",
    r"What nobody sent is null",
    r"The protocol is the lasting contract",
    r"a document says so",
    r"what bec(?:ame|omes) of (?:it|them)",
    r"nothing of it delivered",
]


def whats(text: str) -> int:
    """Count the "what" of a text; in a question it is the right word."""
    sentences = re.split(r"(?<=[.:;!?|])\s", text)
    return sum(len(re.findall(r"\bwhat\b", each, re.I)) for each in sentences if each[-1:] != "?")


def words(text: str) -> int:
    """Count the words of a text."""
    return len(re.findall(r"[\w'-]*[^\W\d_][\w'-]*", text))


def quoteless(text: str) -> str:
    """Leave out quotations, which repeat a program's or another's words."""
    return re.sub(r"\"[^\"\n]{1,300}\"|“[^”]{1,300}”", "…", text)
