"""`make bench`: every measurement, one after the other; `python -m bench.transfer --help` for one by itself."""

from bench import dynamodb, folder, kills, rpc, transfer


def main() -> None:
    transfer.main([])
    folder.main([])
    rpc.main()
    dynamodb.main()
    kills.main([])


if __name__ == "__main__":
    main()
