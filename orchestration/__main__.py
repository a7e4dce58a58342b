"""What `python -m orchestration` runs."""

import sys

from orchestration.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
