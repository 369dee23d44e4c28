"""`python -m boocode` is the `boocode` command."""

from boocode.cli.main import main

if __name__ == "__main__":
    main()
