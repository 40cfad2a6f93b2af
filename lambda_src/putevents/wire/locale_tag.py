"""The language and the country of a locale, as the platforms write one.

Java's Locale.toString (`zh_TW_#Hant`), ICU (`en_TH@calendar=buddhist`), BCP 47 (`zh-Hant-TW`),
POSIX (`fr_FR.UTF-8`), and a country alone (`USA`), which amplify-android sends.
"""

import re

# What follows the subtags: POSIX' code set or modifier, ICU's keywords, Java's script.
_SUBTAGS = re.compile(r"[^.@#]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_SCRIPT = re.compile(r"[A-Za-z]{4}")
_EXTENDED_LANGUAGE = re.compile(r"[A-Za-z]{3}")  # zh-yue-HK; a country has two letters there
_COUNTRY = re.compile(r"[A-Za-z]{2}|[0-9]{3}")  # ISO 3166-1, or UN M.49 as in es-419


def language_and_country(locale: str) -> tuple[str | None, str | None]:
    """Return both in the usual letters, en and US; None for what is not said."""
    subtags = _SUBTAGS.match(locale)[0].replace("-", "_").split("_")  # type: ignore[index] # it matches any text
    first, *rest = subtags
    if not rest and re.fullmatch("[A-Z]{2,3}", first):
        return None, first
    language = first.lower() if _LANGUAGE.fullmatch(first) else None
    if first and language is None:
        return None, None  # C, POSIX, i-klingon, x-private, or nothing of this kind
    if rest and _EXTENDED_LANGUAGE.fullmatch(rest[0]) and "-" in locale:
        rest = rest[1:]
    if rest and _SCRIPT.fullmatch(rest[0]):
        rest = rest[1:]
    country = rest[0].upper() if rest and _COUNTRY.fullmatch(rest[0]) else None
    return language, country
