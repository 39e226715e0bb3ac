"""How runs are shown in the cells of notebooks, whoever drives them."""
