from .openapi import Interface, read_folder, read_interface

__all__ = ["Interface", "read_folder", "read_interface"]
