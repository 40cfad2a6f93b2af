"""The deploy settings of web pages: which origins may call the API, and with which headers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.settings.setting_types import LISTED, Group

# Limits of AWS: a function has 4 KB of environment variables.
MAX_ORIGIN_CHARACTERS = 500
MAX_HEADER_CHARACTERS = 200

# As browsers write the Origin header: lower case, without a path. A `*` stands in the first label
# only, before a domain or localhost.
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_MANY = rf"[a-z0-9-]*\*[a-z0-9-]*\.({_LABEL}(\.{_LABEL})+|localhost)"
_Origin = Annotated[
    str,
    Field(pattern=rf"^[a-z][a-z0-9+.-]*://({_LABEL}(\.{_LABEL})*|{_MANY})(:[0-9]{{1,5}})?$"),
]
_Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class CorsSettings(Group):
    """Web pages that call the API."""

    cors_origins: Annotated[tuple[_Origin, ...] | tuple[Literal["*"]], LISTED] = Field(
        (),
        title="the web pages that may call the API",
        description="origins like https://app.example.com, or https://*.example.dev for all "
        "subdomains of one level (a,b or a JSON list), together at most "
        f"{MAX_ORIGIN_CHARACTERS} characters; or * for any page; or nothing",
    )
    cors_headers: Annotated[tuple[_Header, ...], LISTED] = Field(
        (),
        title="headers that pages may send beside those of AWS's clients",
        description="header names (a,b or a JSON list), together at most "
        f"{MAX_HEADER_CHARACTERS} characters, or nothing",
    )

    @model_validator(mode="after")
    def _check_cors(self) -> Self:
        if len(",".join(self.cors_origins)) > MAX_ORIGIN_CHARACTERS:
            raise ValueError("corsOrigins")
        if len(",".join(self.cors_headers)) > MAX_HEADER_CHARACTERS:
            raise ValueError("corsHeaders")
        return self
