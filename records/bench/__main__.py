"""`python -m records.bench`: what `manage.py bench` starts once a database is ready."""

import argparse
from pathlib import Path

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("scale", "rounds", "races"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--small", required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    django.setup()

    from records.bench.inside import measure

    measure(**vars(options))


if __name__ == "__main__":
    main()
