// The provider's configuration, made from the one JSON file that the town writes:
// issuer, port, audience, jwks, cookieKey, clients, clientsFolder and accounts.
import { readFileSync } from 'node:fs';
import { errors } from 'oidc-provider';
import { adapterFor } from './clients.mjs';
import { errorPage, headers, leftPage, logoutHeaders, logoutPage } from './login-page.mjs';

const ACCESS_TOKEN_SECONDS = 300;
const SCOPES = 'lookup publish ledger own-view';

/** Claims about a person or a source that the index and the desk read. */
function claimsOf(subject) {
  const { org, roles, municipality, trainings, loa, team, name } = subject;
  return { org, roles, municipality, trainings, loa, team, name };
}

/** Who can log in: those that the town names, and those in a file that it writes later. */
export function accountsOf(town) {
  if (!town.accountsFile) return town.accounts;
  try {
    return JSON.parse(readFileSync(town.accountsFile, 'utf8'));
  } catch {
    return town.accounts; // nobody yet, or a file that is still being written
  }
}

export function buildConfiguration(town) {
  const accounts = { get: (sub) => accountsOf(town).find((account) => account.sub === sub) };
  return {
    clients: town.clients,
    adapter: adapterFor(town.clientsFolder),
    // What a client's own tokens say of it, beside what the standard knows.
    clientDefaults: { id_token_signed_response_alg: 'PS256' },
    extraClientMetadata: { properties: ['subject'] },
    jwks: town.jwks,
    cookies: {
      keys: [town.cookieKey],
      names: { session: 'op_session', interaction: 'op_interaction', resume: 'op_resume' },
    },
    scopes: ['openid', 'profile', ...SCOPES.split(' ')],
    claims: { openid: ['sub', ...(town.claims ?? [])], profile: ['name', 'org', 'roles', 'municipality'] },
    conformIdTokenClaims: false,
    enabledJWA: {
      clientAuthSigningAlgValues: ['Ed25519'],
      idTokenSigningAlgValues: ['PS256'],
    },
    pkce: { required: () => true },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      IdToken: ACCESS_TOKEN_SECONDS,
      RefreshToken: 8 * 3600,
      Interaction: 600,
      Grant: 8 * 3600,
      Session: 8 * 3600,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: logOut, postLogoutSuccessSource: sayLeft },
      backchannelLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => town.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== town.audience) throw new errors.InvalidTarget();
          return {
            scope: SCOPES,
            audience: town.audience,
            accessTokenTTL: ACCESS_TOKEN_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'PS256' } },
          };
        },
      },
    },
    // A grant of a municipality's own desk is the employer's decision, not the
    // employee's: no consent page (the recipe of the provider's documentation).
    loadExistingGrant: async (ctx) => {
      const { provider, client, session, result } = ctx.oidc;
      const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
      if (grantId) return provider.Grant.find(grantId);
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(`openid profile ${SCOPES}`);
      grant.addResourceScope(town.audience, SCOPES);
      await grant.save();
      return grant;
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => true,
    findAccount: (_ctx, sub) => {
      const account = accounts.get(sub);
      if (!account) return undefined;
      return {
        accountId: sub,
        claims: () => ({ sub, name: account.name, bsn: account.bsn, ...claimsOf(account) }),
      };
    },
    extraTokenClaims: (ctx, token) => {
      const subject = token.accountId ? accounts.get(token.accountId) : ctx.oidc.client.subject;
      return subject ? claimsOf(subject) : undefined;
    },
    renderError: (ctx, out) => {
      ctx.set(headers);
      ctx.body = errorPage(out.error, town.look);
    },
    // Desks of a town are on this computer: an address that the library calls nobody at.
    fetch: (url, { dispatcher: _guarded, ...options }) => fetch(url, options),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  };
}

/** Say that somebody left whom no desk sent here. */
function sayLeft(ctx) {
  ctx.set(headers);
  ctx.body = leftPage();
}

/**
 * Log out without a second question where a desk says whose session it is (`id_token_hint`):
 * it has asked already. Anybody else's link asks, so that no foreign page logs people out.
 */
function logOut(ctx, form) {
  const { session, entities } = ctx.oidc;
  const asked = entities.IdTokenHint?.payload.sub === session.accountId;
  ctx.set(logoutHeaders);
  ctx.body = logoutPage(form, asked);
}
