"""Verification tasks (人员核查): made, released by quota, done, re-checked by sample. Pure."""
