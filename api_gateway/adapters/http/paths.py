"""Where the API is: of each path in it the beginning."""

PREFIX = "/api/v1"
