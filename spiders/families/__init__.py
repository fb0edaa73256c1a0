"""One module a CMS family. Each offers `more_pages(page)`: the further pages of a listing, and why."""
