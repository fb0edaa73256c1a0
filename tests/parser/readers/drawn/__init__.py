"""Made reports drawn in office formats, a writer a module, written without the readers."""
