"""Taking histograms away: pictures, files of other tools, tables and code.

Everything starts from a view as it is chosen on screen. A picture is drawn by
the very code that *Copy as code* hands out (:mod:`.code`), so that the two
cannot differ. Whatever needs more than numpy runs in a process of its own
(:mod:`.process`), away from the Jupyter server.
"""
