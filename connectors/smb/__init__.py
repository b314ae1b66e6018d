"""Shares of Windows and Samba servers, read over SMB without being mounted (smbprotocol).

Nothing here is imported before a share is scanned, so all else works without the extra.
"""
