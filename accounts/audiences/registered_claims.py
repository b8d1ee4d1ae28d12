"""Names of claims that the IANA registry gives a meaning to (RFC 7519 §10.1), and who may stand under one.

Source: the registry “JSON Web Token Claims”, https://www.iana.org/assignments/jwt/, as it was in early 2024,
with what we know to have been added until 2026-11-25: the names of the Token Status List and of 3GPP. Left
out is what no path of a contract can be (``_claim_names``, ``_sd``).
"""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.audiences.claim_paths import segments
from accounts.audiences.source_registry import CLAIM_SOURCES

_REGISTERED: Final = """
    iss sub aud exp nbf iat jti name given_name family_name middle_name nickname preferred_username
    profile picture website email email_verified gender birthdate zoneinfo locale phone_number
    phone_number_verified address updated_at azp nonce auth_time at_hash c_hash acr amr sub_jwk cnf
    sip_from_tag sip_date sip_callid sip_cseq_num sip_via_branch orig dest mky events toe txn rph sid
    vot vtm attest origid act scope client_id may_act jcard at_use_nbr div opt vc vp sph ace_profile
    cnonce exi roles groups entitlements token_introspection eat_nonce ueid sueids oemid hwmodel
    hwversion oemboot dbgstat location eat_profile submods uptime bootcount bootseed dloas swname
    swversion manifests measurements measres intuse cdniv cdnicrit cdniip cdniuc cdniets cdnistt cdnistd
    sig_val_claims authorization_details verified_claims place_of_birth nationalities birth_family_name
    birth_given_name birth_middle_name salutation title msisdn also_known_as htm htu ath atc sub_id rcd
    rcdi crn msgi rdap_allowed_purposes rdap_dnt_allowed geohash
    status status_list ttl
    consumerPlmnId consumerSnpnId producerPlmnId producerSnpnId producerSnssaiList producerNsiList
    producerNfSetId producerNfServiceSetId sourceNfInstanceId analyticsIdList resOwnerId
"""
#: Every registered name, by itself in small letters.
REGISTERED_CLAIMS: Final = {name.lower(): name for name in _REGISTERED.split()}


def validate_registered_name(path: str, source: str) -> None:
    """Accept a registered name at the top from a source that has its meaning alone, and any other name.

    A verifier that knows the registry would otherwise read, say, somebody's department as their ``groups``.

    :raise ValidationError: with a sentence that says which source may stand there, or to choose another name
    """
    top, *inside = segments(path)
    name = REGISTERED_CLAIMS.get(top.lower())
    if name is None:
        return
    fitting = [known.name for known in CLAIM_SOURCES.values() if name in known.registered_as]
    if source in fitting and path == name:
        return
    sentence = _WITH_SOURCES if fitting else _WITHOUT_SOURCES
    if source in fitting and not inside:
        sentence = _OTHERWISE_SPELT
    raise ValidationError(
        sentence, code="path_registered", params={"top": top, "name": name, "sources": ", ".join(fitting)}
    )


_WITH_SOURCES = _(
    "“%(top)s” has a meaning registered by IANA: “%(name)s” may come from %(sources)s alone, with nothing"
    " inside. Choose that source, or another name."
)
_WITHOUT_SOURCES = _(
    "“%(top)s” has a meaning registered by IANA, and no source here says it. Choose another name, or write it"
    " inside another, as in “custom.%(top)s”."
)
_OTHERWISE_SPELT = _(
    "IANA has registered “%(name)s”: write that instead of “%(top)s”, or choose another name."
)
