"""Server configuration for the browser tests.

Never use it elsewhere: it switches authentication off and gives pages access to
JupyterLab's objects. Galata, JupyterLab's own test helper, needs both.
"""

import os

from jupyterlab.galata import configure_jupyter_server

configure_jupyter_server(c)
c.ServerApp.allow_root = True
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = int(os.environ["CASA_UI_PORT"])
