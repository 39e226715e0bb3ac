"""News: what changes in Casa's folders, told through jupyter-server's event stream."""
