"""Made reports with a known truth: the national forms filled with random numbers, drawn in the ways of real
reports. Everything here is written without the parser, so that an error of one is no error of both."""
