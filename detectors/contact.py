"""Where to reach a person: the detectors of EMAIL_ADDRESS and PHONE_NUMBER. Only names them."""

from __future__ import annotations

from detectors.email_address import EMAIL_EVIDENCE, Email, canonical_email
from detectors.phone_number import PHONE_EVIDENCE, Phone

__all__ = ["EMAIL_EVIDENCE", "PHONE_EVIDENCE", "Email", "Phone", "canonical_email"]
