"""The runs of years: finding, labelling, understanding, comparing and moving them."""
