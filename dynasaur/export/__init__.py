"""A recorded run as a file for others: a notebook, one page of HTML, Markdown, ATIF."""

from dynasaur.export.exported import exported

__all__ = ["exported"]
