"""Commands as a person types them: a target of make with the folder that is meant."""

import shlex
from pathlib import Path

from local.database import DEFAULT_FOLDER, data_folder


def typed(target: str, folder: Path | None = None, **options: str) -> str:
    """`make TARGET`, with DATA_DIR= where that is not the default."""
    folder = folder or data_folder()
    if folder.absolute() != Path(DEFAULT_FOLDER).absolute():
        options = {"DATA_DIR": str(folder), **options}
    words = [f"{name}={shlex.quote(value).replace('$', '$$')}" for name, value in options.items()]
    return " ".join(["make", target, *words])
