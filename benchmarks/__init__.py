"""Measurements that print their own control: run them with make bench."""
