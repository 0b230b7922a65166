"""The real engines: found on this machine, or installed from the recipes that were tried."""
