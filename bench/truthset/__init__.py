"""Made documents with their truth: what the forms say, in the shapes that real documents have.

    forms      the printed forms: labels, keys, sums
    numbers    random figures that add up, or break a sum here and there
    ink        how one document writes its numbers and labels
    layout     rows of cells with spans, cut at pages, group cells merged or missing
    content    the whole report as title, prose and tables, whatever the file format
    html, text, docx, pdf       one writer a file format
    foreign    documents that are no report, and reports that must raise a doubt
    offices    what offices make of the form: sums of groups, tables on their side, notes in cells
    relations  which hard relations the printed figures break

Everything is a function of (seed, number). Even numbers are the open half; the odd ones of the seed in
`__main__` are held back.
"""
