// An OpenID provider for demo and tests: `node serve.mjs TOWN.json`.
// Real protocol (oidc-provider), invented people. Never for production.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { timingSafeEqual, scryptSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { accountsOf, buildConfiguration } from './configuration.mjs';
import { deadPage, headers, loginPage } from './login-page.mjs';

const MAX_FORM_BYTES = 4096;
const MOST_REMEMBERED = 1000;
const town = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const provider = new Provider(town.issuer, buildConfiguration(town));

function findAccount(username, password) {
  const account = accountsOf(town).find((candidate) => candidate.username === username);
  const digest = (text) => scryptSync(text, town.cookieKey, 32, { N: 1024 });
  const matches = timingSafeEqual(digest(password), digest(account?.password ?? ''));
  return account && matches ? account : undefined;
}

async function readForm(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_FORM_BYTES) throw new RangeError('form too large');
  }
  return new URLSearchParams(body);
}

/** Where each login began, for who comes back to its page: a desk has it beside its callback. */
const beginnings = new Map();

function remember(uid, redirectUri) {
  beginnings.set(uid, new URL('/login', redirectUri).href);
  if (beginnings.size > MOST_REMEMBERED) beginnings.delete(beginnings.keys().next().value);
}

/**
 * End what an earlier login left in this browser, as DigiD does: otherwise the library asks
 * the next person, on a page of its own that needs a script, to log the other out first.
 */
async function forgetSession(interaction) {
  if (!interaction.session) return;
  const before = await provider.Session.findByUid(interaction.session.uid);
  await before?.destroy();
  delete interaction.session;
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
}

async function answerInteraction(request, response) {
  const interaction = await provider.interactionDetails(request, response);
  const { uid, prompt, params } = interaction;
  remember(uid, params.redirect_uri);
  if (prompt.name !== 'login') {
    const denied = { error: 'access_denied', error_description: `no page for ${prompt.name}` };
    await provider.interactionFinished(request, response, denied);
    return;
  }
  if (request.method !== 'POST') {
    response.writeHead(200, headers).end(loginPage({ uid, failed: false, look: town.look }));
    return;
  }
  const form = await readForm(request);
  const account = findAccount(form.get('username') ?? '', form.get('password') ?? '');
  if (!account) {
    const username = form.get('username') ?? '';
    response.writeHead(401, headers).end(loginPage({ uid, failed: true, username, look: town.look }));
    return;
  }
  if (town.keepsNoSession) await forgetSession(interaction);
  const login = { accountId: account.sub, acr: account.loa, amr: ['pwd'] };
  await provider.interactionFinished(request, response, { login });
}

provider.on('backchannel.error', (_ctx, error, client) => {
  console.error(JSON.stringify({ event: 'desk-not-told', client: client.clientId, error: error.name }));
});

const answerProtocol = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answerProtocol(request, response);
    return;
  }
  answerInteraction(request, response).catch((error) => {
    console.error(JSON.stringify({ event: 'interaction-failed', error: error.name }));
    const uid = request.url.split('?')[0].split('/').at(-1);
    response.writeHead(400, headers).end(deadPage(beginnings.get(uid)));
  });
});

server.listen(town.port, town.host ?? '127.0.0.1', () => {
  console.error(JSON.stringify({ event: 'provider-started', port: town.port }));
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
}
