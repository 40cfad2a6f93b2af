"""A locale is taken apart as the platform meant it that wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putevents.wire.locale_tag import language_and_country

LOCALES = {
    # Java's Locale.toString: language_COUNTRY_variant_#script_extensions
    "en_US": ("en", "US"),
    "en": ("en", None),
    "_GB": (None, "GB"),
    "de__POSIX": ("de", None),
    "en_US_WIN": ("en", "US"),
    "zh_CN_#Hans": ("zh", "CN"),
    "zh__#Hans": ("zh", None),
    "zh_TW_#Hant_x-java": ("zh", "TW"),
    "th_TH_TH_#u-nu-thai": ("th", "TH"),
    "no_NO_NY": ("no", "NO"),
    "iw_IL": ("iw", "IL"),
    # ICU, which Foundation's Locale.identifier speaks, with a script after either separator
    "en_TH@calendar=buddhist": ("en", "TH"),
    "en_US_POSIX": ("en", "US"),
    "zh-Hans_CN": ("zh", "CN"),
    "zh_Hant_TW": ("zh", "TW"),
    "sr_Latn_RS@currency=USD;calendar=gregorian": ("sr", "RS"),
    "und_US": (None, "US"),
    "fil_PH": ("fil", "PH"),
    "root": (None, None),
    # BCP 47, which browsers and Android's toLanguageTag speak
    "de-AT": ("de", "AT"),
    "zh-Hant-TW": ("zh", "TW"),
    "sr-Latn-RS-u-ca-gregory": ("sr", "RS"),
    "sr-Latn": ("sr", None),
    "es-419": ("es", "419"),
    "zh-yue-HK": ("zh", "HK"),
    "zh-cmn-Hans-CN": ("zh", "CN"),
    "de-CH-1996": ("de", "CH"),
    "de-1996": ("de", None),
    "ca-ES-valencia": ("ca", "ES"),
    "sl-rozaj-biske": ("sl", None),
    "en-u-ca-buddhist": ("en", None),
    "en-x-US": ("en", None),
    "x-private": (None, None),
    "i-klingon": (None, None),
    # POSIX
    "fr_FR.UTF-8": ("fr", "FR"),
    "de_DE@euro": ("de", "DE"),
    "ca_ES.UTF-8@valencia": ("ca", "ES"),
    "sr_RS@latin": ("sr", "RS"),
    "C": (None, None),
    "C.UTF-8": (None, None),
    "POSIX": (None, None),
    # As clients send it: letters of any kind, a country alone
    "en_gb": ("en", "GB"),
    "EN-us": ("en", "US"),
    "USA": (None, "USA"),
    "US": (None, "US"),
    "en_USA": ("en", "USA"),
    "": (None, None),
    "english": (None, None),
    "\uff45\uff4e_US": (None, None),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_says_its_language_and_its_country(locale: str) -> None:
    assert language_and_country(locale) == LOCALES[locale]


@given(st.text("aeUSx0149_-.@#; \n\u00e9\uff45"))
def test_any_text_is_read_and_gives_codes_or_nothing(locale: str) -> None:
    language, country = language_and_country(locale)
    assert language is None or (language.isascii() and language.islower())
    assert country is None or (country.isascii() and country.isalnum())
