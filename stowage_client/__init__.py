"""The `stowage` command line: a person's files, to and from a Stowage server.

Bytes travel straight between this process and S3, by URLs that the server signs (design.md, "Uploading" and
"Downloading"); the server is told what is intended, and is asked for proof.

    commands ──> transfer ──> api        the server's REST surface, one file per noun
        │           └───────> storage    bytes to and from S3, a port and its urllib3 adapter
        └──> sessions, console           who is signed in; what is printed

`bootstrap` builds the real parts, tests build others; nothing below knows which.
"""
