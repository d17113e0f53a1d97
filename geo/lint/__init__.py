"""What is wrong with a boundary set, all of it in one pass, with where, how much and the mend.

:mod:`geo.lint.survey` is the flow; each other file finds one kind of fault.
"""
