"""`make bench`: every measurement, one after the other; `python -m bench.transfer --help` for one by itself."""

from bench import dynamodb, folder, rpc, transfer


def main() -> None:
    transfer.main([])
    folder.main([])
    rpc.main()
    dynamodb.main()


if __name__ == "__main__":
    main()
