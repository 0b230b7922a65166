"""The server's REST surface, `/api/v1`: one transport, one file per noun."""
