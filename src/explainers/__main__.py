"""`python -m explainers`."""

from explainers.cli import main

if __name__ == "__main__":
    main()
