"""How simulated numbers become files: typed columns, the raw folder with untidy rows, the truth folder."""
