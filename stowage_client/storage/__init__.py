"""Bytes to and from S3, by signed URLs."""
