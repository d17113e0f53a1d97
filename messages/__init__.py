"""The words everybody speaks: frozen models of what travels, and the error tree.

Nothing in this package imports another package of Wangge.
"""
