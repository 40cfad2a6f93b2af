"""The language and the country of a locale, as the platforms write one.

Java's Locale.toString (`zh_TW_#Hant`), ICU (`en_TH@calendar=buddhist`), BCP 47 (`zh-Hant-TW`),
POSIX (`fr_FR.UTF-8`), and a country alone (`USA`), which amplify-android sends.
"""

import re

_LOCALE = re.compile(
    r"""(?P<language> [A-Za-z]{2,3} )?
    (?: - [a-z]{3} (?![a-z]) )?  # of BCP 47: zh-yue-HK
    (?: [-_] [A-Za-z]{4} (?![A-Za-z0-9]) )?  # the script
    (?: [-_] (?P<country> [A-Za-z]{2} | [A-Z]{3} | [0-9]{3} ) )?  # the last is UN M.49's: es-419
    (?: [-_] [^.@#]* )?  # variants and extensions
    (?: [.@#] .* )?  # a POSIX code set or modifier, ICU's keywords, Java's script
    """,
    re.VERBOSE | re.DOTALL,
)
_COUNTRY_ALONE = re.compile("[A-Z]{2,3}")
_UNKNOWN_LANGUAGE = "und"  # ICU's word for it


def language_and_country(locale: str) -> tuple[str | None, str | None]:
    """Return both in the usual letters, en and US; None for what is not said."""
    if _COUNTRY_ALONE.fullmatch(locale):
        return None, locale
    found = _LOCALE.fullmatch(locale)
    if found is None:  # C, POSIX, x-private
        return None, None
    language, country = found["language"], found["country"]
    return _lower(language), country.upper() if country else None


def _lower(language: str | None) -> str | None:
    lower = language.lower() if language else None
    return None if lower == _UNKNOWN_LANGUAGE else lower
