"""Copy into the documentation what the code knows best; `--check` only says what is out of date (status 1)."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from operation118 import config  # noqa: E402 - the path comes first

PARTS = {"docs/settings.md": ("settings", config.table)}


def generated(text: str, name: str, part: str) -> str:
    """`text` with `part` between its `<!-- name -->` and `<!-- end of name -->`."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}{part}\n{match[2]}", text)


def main() -> int:
    stale: list[str] = []
    for path, (name, make) in PARTS.items():
        before = (ROOT / path).read_text()
        after = generated(before, name, make())
        if before != after:
            stale.append(path)
            if "--check" not in sys.argv:
                (ROOT / path).write_text(after)
    for path in stale:
        print(f"{path}: {'out of date; run `make docs`' if '--check' in sys.argv else 'rewritten'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
