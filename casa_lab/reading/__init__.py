"""Reading events on workers: open files kept, branches read when touched, forms reused."""
