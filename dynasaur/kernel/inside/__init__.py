"""The part that lives in the kernel: sent there as source, so it stands on its own.

These modules import the standard library and each other alone, because the kernel may be in a
sandbox or on another machine where this package is not installed. In the kernel the package is
called `_dynasaur`.
"""
