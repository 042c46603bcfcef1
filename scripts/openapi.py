"""Prints the API's own description: ``python -m scripts.openapi > openapi.json``."""

import json
import sys

from api.app import create_app
from openccm.platform.settings import Settings


def main() -> None:
    """Print it."""
    json.dump(create_app(Settings()).openapi(), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
