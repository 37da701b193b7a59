"""The client of an agency as an OpenID provider registers it (RFC 7591)."""

from keys.joining.documents import algorithm_of, parse_client_jwk
from keys.joining.signing import OpenedRequest


def make_client_metadata(opened: OpenedRequest) -> dict[str, object]:
    """Give the metadata; the key in it proved that the agency has it.

    `subject` is no member of the standard: it says which claims the access token must
    carry (docs/connect-an-identity-provider.md).
    """
    invitation, jwk = opened.invitation, opened.said.client_key
    algorithm = algorithm_of(parse_client_jwk(jwk))
    return {
        "client_id": invitation.client_id,
        "client_name": invitation.name,
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "scope": "publish",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": algorithm,
        "jwks": {"keys": [{**jwk, "use": "sig", "alg": algorithm}]},
        "subject": {
            "org": invitation.organisation,
            "roles": ["source-publisher"],
            "municipality": invitation.source.municipality,
        },
    }
