"""`make check`: what a run would make of a raw folder, without building or publishing anything."""
