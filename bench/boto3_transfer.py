"""boto3's transfer manager with SHA-256 checksums, as a program: `python -m bench.boto3_transfer up|down FILE KEY`.

Everything else is boto3's default: parts of 8 MiB, 10 threads. Address, keys and bucket come by the environment.
"""

import os
import sys

import boto3
from botocore.config import Config


def main(direction: str, file: str, key: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=os.environ["BENCH_S3_ENDPOINT"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, read_timeout=900),
    )
    bucket = os.environ["BENCH_S3_BUCKET"]
    if direction == "up":
        client.upload_file(file, bucket, key, ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    else:
        client.download_file(bucket, key, file, ExtraArgs={"ChecksumMode": "ENABLED"})


if __name__ == "__main__":
    main(*sys.argv[1:4])
