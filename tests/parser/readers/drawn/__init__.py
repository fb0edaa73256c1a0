"""Made reports drawn in office formats, each writer in a module of its own and written without the readers."""
