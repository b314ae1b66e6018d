"""The Windows side of scanner.platform. Imported on Windows only; opens no document."""

from __future__ import annotations

import sys

assert sys.platform == "win32"

import ctypes  # noqa: E402
from ctypes import wintypes  # noqa: E402

_BELOW_NORMAL_PRIORITY_CLASS = 0x4000
_EXTENDED_LIMIT_INFORMATION = 9
_LIMIT_PROCESS_MEMORY = 0x100
_SE_FILE_OBJECT = 1
_DACL_SECURITY_INFORMATION = 0x4
_ACCESS_ALLOWED = 0
_ACL_SIZE_INFORMATION = 2
_READS = 0x80000000 | 0x10000000 | 0x1  # GENERIC_READ, GENERIC_ALL, FILE_READ_DATA
_MANY = ("WD", "BU", "AU", "BG", "AN")
"""Everyone, Users, Authenticated Users, Guests, Anonymous, as SDDL writes them."""

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_security = ctypes.WinDLL("advapi32", use_last_error=True)
_kernel.GetCurrentProcess.restype = wintypes.HANDLE
_kernel.SetPriorityClass.argtypes = (wintypes.HANDLE, wintypes.DWORD)
_kernel.CreateJobObjectW.restype = wintypes.HANDLE
_kernel.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
_kernel.SetInformationJobObject.argtypes = (
    wintypes.HANDLE,
    ctypes.c_int,
    wintypes.LPVOID,
    wintypes.DWORD,
)
_kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
_kernel.LocalFree.argtypes = (wintypes.LPVOID,)
_security.GetNamedSecurityInfoW.argtypes = (
    wintypes.LPCWSTR,
    ctypes.c_int,
    wintypes.DWORD,
    *(ctypes.POINTER(wintypes.LPVOID),) * 5,
)
_security.GetAclInformation.argtypes = (
    wintypes.LPVOID,
    wintypes.LPVOID,
    wintypes.DWORD,
    ctypes.c_int,
)
_security.GetAce.argtypes = (wintypes.LPVOID, wintypes.DWORD, ctypes.POINTER(wintypes.LPVOID))
_security.ConvertStringSidToSidW.argtypes = (wintypes.LPCWSTR, ctypes.POINTER(wintypes.LPVOID))
_security.EqualSid.argtypes = (wintypes.LPVOID, wintypes.LPVOID)


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", wintypes.DWORD),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority_class", wintypes.DWORD),
        ("scheduling_class", wintypes.DWORD),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class _AclSize(ctypes.Structure):
    _fields_ = (
        ("count", wintypes.DWORD),
        ("used", wintypes.DWORD),
        ("free", wintypes.DWORD),
    )


class _PowerStatus(ctypes.Structure):
    _fields_ = (
        ("mains", ctypes.c_ubyte),  # 0 no, 1 yes, 255 unknown
        ("battery", ctypes.c_ubyte),
        ("percent", ctypes.c_ubyte),
        ("saver", ctypes.c_ubyte),
        ("seconds", wintypes.DWORD),
        ("full_seconds", wintypes.DWORD),
    )


class _AllowedAce(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_ubyte),
        ("flags", ctypes.c_ubyte),
        ("size", ctypes.c_ushort),
        ("mask", wintypes.DWORD),
        ("sid_start", wintypes.DWORD),
    )


def lower_priority() -> bool:
    """Put this process below normal; whether it worked."""
    return bool(_kernel.SetPriorityClass(_kernel.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS))


def on_mains() -> bool | None:
    """Whether the machine is fed by mains (GetSystemPowerStatus); None where Windows cannot say."""
    status = _PowerStatus()
    if not _kernel.GetSystemPowerStatus(ctypes.byref(status)) or status.mains not in (0, 1):
        return None
    return bool(status.mains)


def limit_memory(max_bytes: int) -> bool:
    """Put this process into a job that bounds its committed memory; whether it worked.

    The job's handle stays open for the life of the process.
    """
    job = _kernel.CreateJobObjectW(None, None)
    if not job:
        return False
    limits = _ExtendedLimits()
    limits.basic.flags = _LIMIT_PROCESS_MEMORY
    limits.process_memory = max_bytes
    return bool(
        _kernel.SetInformationJobObject(
            job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        and _kernel.AssignProcessToJobObject(job, _kernel.GetCurrentProcess())
    )


def readable_by_others(path: str) -> bool | None:
    """Whether the access list lets all users read `path`; None when it cannot be read."""
    acl, descriptor = wintypes.LPVOID(), wintypes.LPVOID()
    if _security.GetNamedSecurityInfoW(
        path,
        _SE_FILE_OBJECT,
        _DACL_SECURITY_INFORMATION,
        None,
        None,
        ctypes.byref(acl),
        None,
        ctypes.byref(descriptor),
    ):
        return None
    try:
        if not acl:
            return True  # no access list: everybody may do everything
        size = _AclSize()
        if not _security.GetAclInformation(
            acl, ctypes.byref(size), ctypes.sizeof(size), _ACL_SIZE_INFORMATION
        ):
            return None
        return any(_lets_many_read(acl, index) for index in range(size.count))
    finally:
        _kernel.LocalFree(descriptor)


def _lets_many_read(acl: wintypes.LPVOID, index: int) -> bool:
    entry = wintypes.LPVOID()
    if not _security.GetAce(acl, index, ctypes.byref(entry)) or entry.value is None:
        return False
    ace = _AllowedAce.from_address(entry.value)
    if ace.type != _ACCESS_ALLOWED or not ace.mask & _READS:
        return False
    sid = entry.value + _AllowedAce.sid_start.offset
    for short in _MANY:
        other = wintypes.LPVOID()
        if _security.ConvertStringSidToSidW(short, ctypes.byref(other)):
            same = bool(_security.EqualSid(sid, other))
            _kernel.LocalFree(other)
            if same:
                return True
    return False
