"""What the contenders are called, in results, tables and options."""

COFFEA = "coffea"
BEST = "coffea at its best"
CASA = "casa"
NOT_LIVE = "casa without live view"
FLOOR_UPROOT = "floor with uproot"
FLOOR_CASA = "floor with Casa's reading"
