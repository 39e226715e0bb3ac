"""The companion's HTTP and websocket routes, one module per noun."""
