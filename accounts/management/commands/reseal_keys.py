"""manage.py reseal_keys: encrypts every private key with the newest key-encryption key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts import conf
from accounts.audit.actors import Actor
from accounts.keys.sealing import sealer
from accounts.services.resealing import Resealed, reseal_keys, version_of_newest_seal, versions_of_keys


class Command(BaseCommand):
    """Encrypts anew, and tells which versions must stay; it may be stopped and run again."""

    help = (
        "Encrypt the private keys of tokens, for signing and for encryption, with the newest key-encryption"
        " key, and print which versions must stay in AUTHSITE_KEY_ENCRYPTION_KEYS."
    )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("manage.py reseal_keys")
        resealed = list(reseal_keys(actor=actor, now=timezone.now()))
        self.stdout.write(
            f"{sum(each.after is not None for each in resealed)} private keys were encrypted anew;"
            f" all but those named below are encrypted with version {sealer().version}."
        )
        self._tell_versions()
        self._refuse([each for each in resealed if each.after is None])

    def _tell_versions(self) -> None:
        newest_seal, by_keys = version_of_newest_seal(), versions_of_keys()
        configured = conf.key_encryption_keys()
        for version in sorted(configured.by_version):
            self.stdout.write(
                f"Version {version} {_fate(version, configured.current_version, by_keys, newest_seal)}"
            )

    def _refuse(self, unread: list[Resealed]) -> None:
        if unread:
            named = ", ".join(f"{each.kid} (version {each.before})" for each in unread)
            raise CommandError(
                f"These could not be opened, and are as they were: {named}. Configure their version, or"
                " revoke them."
            )


def _fate(version: int, current: int, by_keys: set[int], newest_seal: int | None) -> str:
    if version == current:
        return "must stay: it is the newest."
    if version in by_keys:
        return "must stay: private keys are encrypted with it."
    if version == newest_seal:
        return (
            "must stay: it vouches for the audit log. Run seal_audit_log, which makes a seal with the newest"
            " version, and then this again."
        )
    return (
        "may be removed, once every host has the newest. Keep it elsewhere: backups made before need it,"
        " and so does verify_audit_log --export for files whose last seal was made with it."
    )
