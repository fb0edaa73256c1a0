"""Documents damaged at random, given to the parser, each with its named state: `make fuzz`.

    seeds       small good documents of every format, made when they are asked for
    tokens      words that a format's grammar knows, and numbers that programs choke on
    mutation    how octets are damaged: one way for `random`, hypothesis and atheris
    pictures    images in every mode and shape that reach the recogniser of characters
    containers  ZIP, OLE, 7z, RAR and PDF opened, so that the damage reaches what is inside
    trial       one damaged document through the parser, in a worker with the night's limits
    guided      the same, led by the coverage of the parser's own code (atheris)

A document is a function of (format, seed, number): what failed is made again from these three.
"""
