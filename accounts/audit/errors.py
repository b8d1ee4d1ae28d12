"""What can go wrong with sealing, verifying and exporting the audit log."""

from accounts.errors import AuthsiteError


class StillWritingError(AuthsiteError):
    """Transactions that may hold an earlier id are still open: sealing now could leave their events out."""

    code = "audit_log_still_written"
    description = "Transactions that write audit events are still open; nothing was sealed."


class BrokenLogError(AuthsiteError):
    """The events of a range are not those that were sealed."""

    code = "audit_log_broken"
    description = "The audit log is not what was sealed; nothing was exported or dropped."


class NothingToExportError(AuthsiteError):
    """No sealed range lies wholly before the date."""

    code = "nothing_to_export"
    description = "No sealed range that is still there lies wholly before this moment."


class ExportExistsError(AuthsiteError):
    """An export is never written over another."""

    code = "export_exists"
    description = "There is a file of this name already."


class AlreadyDroppedError(AuthsiteError):
    """Another process has dropped the range meanwhile, or it holds other events than when it was exported."""

    code = "audit_range_already_dropped"
    description = "This range is not what was exported a moment ago."
