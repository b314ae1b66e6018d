"""What only Windows can do for a disk connector: open without getting in the way, name owners.

Imported on Windows only.
"""

from __future__ import annotations

import sys

assert sys.platform == "win32"

import ctypes  # noqa: E402
import msvcrt  # noqa: E402
import os  # noqa: E402
from ctypes import wintypes  # noqa: E402
from functools import lru_cache  # noqa: E402

_GENERIC_READ = 0x80000000
_FILE_WRITE_ATTRIBUTES = 0x0100
_SHARE_READ_WRITE_DELETE = 0x1 | 0x2 | 0x4
_OPEN_EXISTING = 3
_FLAG_SEQUENTIAL_SCAN = 0x08000000
_FLAG_OPEN_NO_RECALL = 0x00100000
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_SE_FILE_OBJECT = 1
_OWNER_SECURITY_INFORMATION = 0x1

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_security = ctypes.WinDLL("advapi32", use_last_error=True)
_network = ctypes.WinDLL("mpr")
_network.WNetGetConnectionW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.LPWSTR,
    ctypes.POINTER(wintypes.DWORD),
)
_kernel.CreateFileW.restype = wintypes.HANDLE
_kernel.CreateFileW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.HANDLE,
)
_kernel.SetFileTime.argtypes = (wintypes.HANDLE, *(ctypes.POINTER(wintypes.FILETIME),) * 3)
_kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
_kernel.LocalFree.argtypes = (wintypes.LPVOID,)
_security.GetNamedSecurityInfoW.argtypes = (
    wintypes.LPCWSTR,
    ctypes.c_int,
    wintypes.DWORD,
    *(ctypes.POINTER(wintypes.LPVOID),) * 5,
)
_security.ConvertSidToStringSidW.argtypes = (wintypes.LPVOID, ctypes.POINTER(wintypes.LPVOID))
_security.ConvertStringSidToSidW.argtypes = (wintypes.LPCWSTR, ctypes.POINTER(wintypes.LPVOID))
_security.LookupAccountSidW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.LPVOID,
    wintypes.LPWSTR,
    ctypes.POINTER(wintypes.DWORD),
    wintypes.LPWSTR,
    ctypes.POINTER(wintypes.DWORD),
    ctypes.POINTER(ctypes.c_int),
)


def open_shared(path: str) -> int:
    """Open a file for reading so that others may still write, rename or delete it.

    Keeps the access time where the account may ask for that. Returns a descriptor; raises
    OSError with winerror.
    """
    never = wintypes.FILETIME(0xFFFFFFFF, 0xFFFFFFFF)  # SetFileTime: this handle changes none
    for access in (_GENERIC_READ | _FILE_WRITE_ATTRIBUTES, _GENERIC_READ):
        handle = _kernel.CreateFileW(
            path,
            access,
            _SHARE_READ_WRITE_DELETE,
            None,
            _OPEN_EXISTING,
            _FLAG_SEQUENTIAL_SCAN | _FLAG_OPEN_NO_RECALL,
            None,
        )
        if handle is not None and handle != _INVALID_HANDLE:
            break
    else:
        raise ctypes.WinError(ctypes.get_last_error())
    if access & _FILE_WRITE_ATTRIBUTES:
        _kernel.SetFileTime(handle, None, ctypes.byref(never), None)
    try:
        return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)
    except OSError:
        _kernel.CloseHandle(handle)
        raise


def connection_of(drive: str) -> str:
    r"""Return the share that a drive such as `S:` stands for, as `\\server\share`, or empty."""
    name, size = ctypes.create_unicode_buffer(1024), wintypes.DWORD(1024)
    if _network.WNetGetConnectionW(drive, name, ctypes.byref(size)):
        return ""
    return name.value


def owner_of(path: str) -> str | None:
    """Return the name of the person's account that owns the file, or None."""
    sid, descriptor, text = wintypes.LPVOID(), wintypes.LPVOID(), wintypes.LPVOID()
    if _security.GetNamedSecurityInfoW(
        path,
        _SE_FILE_OBJECT,
        _OWNER_SECURITY_INFORMATION,
        ctypes.byref(sid),
        None,
        None,
        None,
        ctypes.byref(descriptor),
    ):
        return None
    try:
        if not _security.ConvertSidToStringSidW(sid, ctypes.byref(text)):
            return None
        try:
            return _account(ctypes.wstring_at(text.value or 0))
        finally:
            _kernel.LocalFree(text)
    finally:
        _kernel.LocalFree(descriptor)


@lru_cache(maxsize=4096)
def _account(sid_text: str) -> str | None:
    """Accounts of people are S-1-5-21-… (domain or machine) and S-1-12-1-… (Entra ID)."""
    if not sid_text.startswith(("S-1-5-21-", "S-1-12-1-")) or sid_text.endswith(("-500", "-501")):
        return None
    sid = wintypes.LPVOID()
    if not _security.ConvertStringSidToSidW(sid_text, ctypes.byref(sid)):
        return None
    name, domain = ctypes.create_unicode_buffer(257), ctypes.create_unicode_buffer(257)
    name_size, domain_size, use = wintypes.DWORD(257), wintypes.DWORD(257), ctypes.c_int()
    found = _security.LookupAccountSidW(
        None,
        sid,
        name,
        ctypes.byref(name_size),
        domain,
        ctypes.byref(domain_size),
        ctypes.byref(use),
    )
    _kernel.LocalFree(sid)
    return name.value or None if found else None
