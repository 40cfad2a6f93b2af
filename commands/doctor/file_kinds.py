"""Which kind of file a name says, and so how it is read."""

from enum import StrEnum
from pathlib import PurePosixPath


class Kind(StrEnum):
    """How a file is read; a program's kind names its table in patterns.toml."""

    JSON = "json"
    YAML = "yaml"
    TOML = "toml"
    XML = "xml"
    HCL = "hcl"
    PYTHON = "python"
    NOTEBOOK = "notebook"
    JAVASCRIPT = "javascript"
    JVM = "jvm"
    SWIFT = "swift"
    DART = "dart"
    GO = "go"
    CSHARP = "csharp"
    PHP = "php"
    RUBY = "ruby"
    RUST = "rust"
    SHELL = "shell"  # and whatever else begins its comments with #
    PLAIN = "plain"


_ENDINGS = {
    Kind.JSON: "json jsonc json5 resolved webmanifest template",
    Kind.YAML: "yaml yml",
    Kind.TOML: "toml",
    Kind.XML: "xml csproj fsproj vbproj props targets plist config",
    Kind.HCL: "tf tofu hcl tfvars",
    Kind.PYTHON: "py pyi",
    Kind.NOTEBOOK: "ipynb",
    Kind.JAVASCRIPT: "js jsx mjs cjs ts tsx mts cts vue svelte astro",
    Kind.JVM: "java kt kts groovy gradle scala sbt",
    Kind.SWIFT: "swift m mm h",
    Kind.DART: "dart",
    Kind.GO: "go",
    Kind.CSHARP: "cs fs vb",
    Kind.PHP: "php",
    Kind.RUBY: "rb gemspec rake podspec",
    Kind.RUST: "rs",
    Kind.SHELL: "sh bash zsh fish ksh env properties ini cfg conf mk txt in ps1 psm1 tpl lock mod",
}
KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_NAMES = {
    "Podfile": Kind.RUBY, "Gemfile": Kind.RUBY, "Rakefile": Kind.RUBY, "Fastfile": Kind.RUBY,
    "Pipfile": Kind.TOML, "Pipfile.lock": Kind.JSON, "composer.lock": Kind.JSON,
    "poetry.lock": Kind.TOML, "uv.lock": Kind.TOML, "Cargo.lock": Kind.TOML,
    "pubspec.lock": Kind.YAML, "Podfile.lock": Kind.YAML, "Jenkinsfile": Kind.JVM,
}  # fmt: skip
_SHELLS = ("Dockerfile", "Containerfile", "Makefile", ".env", "Procfile", "Justfile", "justfile")
# Written for people: what a page says is no use of Pinpoint.
_PROSE = frozenset("md mdx markdown rst adoc log csv tsv html htm svg map snap diff patch".split())
# What no text is in, so that it is not even opened.
_BINARY = frozenset(
    "png jpg jpeg gif webp avif ico icns bmp tiff pdf zip gz tgz bz2 xz zst 7z rar jar aar war apk"
    " aab ipa so dylib dll exe a o class pyc wasm ttf otf woff woff2 eot mp3 mp4 m4a wav ogg webm"
    " mov avi flac keystore jks p12 pfx der sqlite db parquet avro bin dat dex car nib lottie"
    " psd ai sketch fig glb gltf fbx obj hprof".split()
)
_NOT_PROSE = ("requirements", "constraints")


def kind_of(path: str) -> Kind | None:
    """How a file is read; None for one that is not."""
    name = PurePosixPath(path).name
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith(_SHELLS):
        return Kind.SHELL
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in _BINARY or ending in _PROSE:
        return None
    if ending == "txt" and not name.startswith(_NOT_PROSE):
        return None if "requirements" not in path else Kind.SHELL
    return KINDS.get(ending, Kind.PLAIN)
