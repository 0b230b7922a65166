"""What docker-compose.yml runs of the local stack: the first start, and the storage server with its repair."""
