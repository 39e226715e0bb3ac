"""The work of a run on a Dask cluster: what is sent, what runs there, and who may do it."""
