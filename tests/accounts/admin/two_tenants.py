"""Rows of every kind for a walk through the admin: of two tenants, and what belongs to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.audiences.contract_rules import ContractClaimInput
from accounts.audiences.credentials import create_audience_credential
from accounts.audiences.models import Audience, AudienceCredential, EncryptionKey
from accounts.audiences.services import create_audience
from accounts.audit.models import AuditEvent
from accounts.keys.models import SigningKey
from accounts.models import Department, Role, Tenant, User
from accounts.refresh_sessions.models import RefreshSession
from accounts.refresh_sessions.session_tokens import Device
from tests.accounts.admin.browsing import clerk
from tests.accounts.audiences.jwks import KEYS
from tests.accounts.journeys import SYSTEM, row_of, start_session
from tests.factories import DepartmentFactory, RoleFactory, TenantFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model

#: Stands in whatever tells of the other tenant: addresses, names, codes, labels, devices.
MARK = "zorro"

Rows = dict["type[Model]", "Model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Of each kind one row: ours, theirs, or everybody's."""

    ours: Rows
    theirs: Rows
    shared: Rows
    #: Staff of our tenant who hold every permission, and the role ``admin``.
    our_administrator: User

    @property
    def ours_and_shared(self) -> Rows:
        """Return what our administrator may look at."""
        return self.ours | self.shared

    @property
    def theirs_and_shared(self) -> Rows:
        """Return what our administrator may not write."""
        return self.theirs | self.shared

    def beside(self, rows: Mapping[type[Model], Model]) -> dict[str, str]:
        """Return what addresses hold besides the id of a row."""
        return {
            "user_id": str(rows[User].pk),
            "content_type_id": "1",
            "object_id": str(rows[User].pk),
            "url": "nothing/here/",
        }


def two_tenants() -> World:
    """Make the rows."""
    ours = _tenant_with_people("ours")
    theirs = _tenant_with_people(MARK)
    now = timezone.now()
    audience = create_audience(
        code="other",
        label="Other",
        rows=[ContractClaimInput(path="roles", source="roles")],
        encryption_key=KEYS["EC"],
        actor=SYSTEM,
        now=now,
        open_to_tenants=[_as(Tenant, theirs)],
    )
    create_audience_credential(audience_id=audience.pk, label="web", actor=SYSTEM, now=now)
    shared: Rows = {
        Role: RoleFactory.create(code="lector"),
        Audience: audience,
        AudienceCredential: _any(AudienceCredential),
        EncryptionKey: _any(EncryptionKey),
        SigningKey: _any(SigningKey),
    }
    of_all = ours.keys() | shared.keys()
    assert of_all == admin.site._registry.keys(), "Say whose the rows of the new kind are."  # noqa: SLF001
    everything = Permission.objects.values_list("codename", flat=True)
    return World(
        ours=ours,
        theirs=theirs,
        shared=shared,
        our_administrator=clerk(*everything, tenant=_as(Tenant, ours), holds_admin=True),
    )


def _tenant_with_people(mark: str) -> Rows:
    tenant = TenantFactory.create(code=mark, label=f"{mark} Ltd")
    department = DepartmentFactory.create(code=f"{mark}-sales", label=f"{mark} sales", tenant=tenant)
    user = UserFactory.create(
        email=f"{mark}@example.org",
        name=f"{mark} person",
        tenant=tenant,
        department=department,
        roles=["editor"],
    )
    device = Device(name=f"{mark} phone", platform=f"{mark} os")
    session = row_of(start_session(user, device=device, now=timezone.now()))
    event = AuditEvent.objects.filter(tenant=mark).first()
    assert event is not None
    return {Tenant: tenant, Department: department, User: user, RefreshSession: session, AuditEvent: event}


def _any(model: type[Model]) -> Model:
    manager = model._meta.default_manager
    assert manager is not None
    row = manager.first()
    assert row is not None
    return row


def _as(model: type[Any], rows: Rows) -> Any:
    return rows[model]
