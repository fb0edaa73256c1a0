"""Where reports are found: one profile a site, one spider for all of them, one module a CMS family.

A site is a TOML file in `sites/` and no code. The spider finds the column of annual reports by following
links whose words speak of it, and keeps for every link the reason for which it was followed.
"""
