"""What Casa costs the browser: JupyterLab in headless Chromium, with runs that go on."""
