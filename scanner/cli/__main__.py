"""Run the command line as `python -m scanner.cli`."""

from scanner.cli import main

if __name__ == "__main__":
    main()
