"""``python -m demo up`` runs the demo company; ``python -m demo story`` tells its story."""

import asyncio
import sys

from demo.stack import up
from demo.story import run
from openccm.errors import OpenCCMError
from openccm.platform.settings import Settings


def main() -> int:
    """Do what is asked; answers 0 when all went as it should."""
    try:
        match sys.argv[1:]:
            case ["up"]:
                asyncio.run(up(Settings.load(lab_enabled=True)))
                return 0
            case ["story"]:
                return asyncio.run(run())
            case _:
                sys.stderr.write("usage: python -m demo up | story\n")
                return 2
    except OpenCCMError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
