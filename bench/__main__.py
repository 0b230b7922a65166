"""`make bench`: every measurement, one after the other; `python -m bench.transfer --help` for one by itself."""

from bench import rpc, transfer


def main() -> None:
    transfer.main([])
    rpc.main()


if __name__ == "__main__":
    main()
