// The demo's pages around logging in: plain HTML and one style sheet. They look like the
// desk, so that nobody wonders where they are. No script, but for the one that logs out.
import { createHash } from 'node:crypto';

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => escapes[character]);

const STYLE = `
:root { color-scheme: light; font: 112.5%/1.5 "Source Sans 3", "Noto Sans", "Segoe UI", sans-serif; }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: #faf8f4; color: #1c2b33; }
header { background: #fff; border-block-end: 1px solid #e0dcd3; }
header p { align-items: center; display: flex; gap: .625rem; margin: 0; min-block-size: 4rem; }
header p, main { inline-size: 100%; margin-inline: auto; max-inline-size: 68rem; padding-inline: clamp(1rem, 4vw, 2rem); }
header svg { block-size: 2rem; fill: none; inline-size: 2rem; stroke: #0d5565; stroke-linecap: round; stroke-width: 2.5; }
header .flag { fill: #f2b33d; stroke: none; }
header strong { display: block; font-size: 1.1875rem; line-height: 1.15; }
header span span { color: #46565e; display: block; font-size: .9375rem; line-height: 1.2; }
main { padding-block: clamp(1.75rem, 4vw, 3.25rem) 4rem; }
main > div { background: #fff; border: 1px solid #e0dcd3; border-radius: 12px; box-shadow: 0 1px 2px rgb(28 43 51 / 6%), 0 6px 20px rgb(28 43 51 / 5%); max-inline-size: 30rem; padding: clamp(1.25rem, 3vw, 2rem); }
h1 { font-size: 1.75rem; letter-spacing: -.01em; line-height: 1.15; margin: 0 0 .5rem; }
main p { margin: 0 0 1.25rem; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
input { border: 1px solid #5b6a72; border-radius: 6px; font: inherit; inline-size: 100%; padding: .6rem; }
button, a { background: #0d5565; border: 0; border-radius: 8px; color: #fff; cursor: pointer; display: inline-block; font: inherit; font-weight: 600; padding: .7rem 1.5rem; text-decoration: none; }
button { margin-block-start: 1.5rem; }
button:hover, a:hover { background: #0a4250; }
:focus-visible { box-shadow: 0 0 0 2px #fff, 0 0 0 7px #ffdd00; outline: 3px solid #0b0c0c; outline-offset: 2px; }
.error { background: #fdf0ef; border-inline-start: .3rem solid #b3261e; padding: .75rem 1rem; }
.demo { color: #46565e; }
.digid header { background: #e17000; border: 0; color: #000; }
.digid header svg { display: none; }
.digid header span span { color: #000; }
.digid button { background: #000; border-radius: 0; }
.digid main > div { border-radius: 0; }
@media (forced-colors: active) { button, a { border: 1px solid; } }
`;
const MARK = '<svg viewBox="0 0 32 32" aria-hidden="true"><path d="M7 28V5"/><path class="flag" d="M7 6c5-3 9 3 14 0 2-1 3-1 4-1v12c-5 3-8-2-12-1-2 .3-4 1-6 2z"/></svg>';
const styleHash = createHash('sha256').update(STYLE).digest('base64');

export const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  // No form-action: Chromium applies it to the redirect back to the desk as well.
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
};

const SEND = "document.getElementById('op.logoutForm').submit();";
const sendHash = createHash('sha256').update(SEND).digest('base64');

/** The same for the page that logs out: it may run that one script. */
export const logoutHeaders = {
  ...headers,
  'Content-Security-Policy': `${headers['Content-Security-Policy']}; script-src 'sha256-${sendHash}'`,
};

const LOOKS = {
  digid: ['DigiD (nagespeeld)', 'Zo ziet de echte DigiD er niet uit'],
  town: ['Inloggen', 'Gemeente Voorbeeldstad (demo)'],
};

function page(title, content, look = 'town') {
  const [name, under] = LOOKS[look];
  return `<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - Voorbeeldstad</title><style>${STYLE}</style></head>
<body class="${look}"><header><p>${MARK}<span><strong>${name}</strong><span>${under}</span></span></p></header>
<main><div><h1>${escapeHtml(title)}</h1>${content}</div></main></body></html>`;
}

export function loginPage({ uid, failed, username = '', look = 'town' }) {
  const how = look === 'digid' ? 'als verzonnen inwoner, op niveau Substantieel' : 'met uw account van de gemeente';
  const error = failed
    ? '<p class="error" role="alert">De gebruikersnaam of het wachtwoord klopt niet. Probeer het opnieuw.</p>'
    : '';
  return page('Inloggen', `<p class="demo">Log in ${how}.</p>${error}
<form method="post" action="/interaction/${escapeHtml(uid)}">
<label for="username">Gebruikersnaam</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" required value="${escapeHtml(username)}" autofocus>
<label for="password">Wachtwoord</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Log in</button></form>`, look);
}

/** What is left of a login that is done or took too long: `begin` is where one starts anew. */
export function deadPage(begin) {
  const way = begin
    ? `<p>U bent al ingelogd, of het duurde te lang.</p><p><a href="${escapeHtml(begin)}">Opnieuw inloggen</a></p>`
    : '<p>U bent al ingelogd, of het duurde te lang. Sluit dit venster en begin opnieuw.</p>';
  return page('Deze inlogpagina werkt niet meer', way);
}

/** Send the provider's own form, or ask first; a browser without scripts has the button. */
export function logoutPage(form, asked) {
  const send = asked ? `<script>${SEND}</script>` : '';
  return page('Uitloggen', `<p>${asked ? 'U wordt uitgelogd.' : 'Wilt u uitloggen?'}</p>${form}
<input form="op.logoutForm" type="hidden" name="logout" value="yes">
<button type="submit" form="op.logoutForm">Ja, log mij uit</button>${send}`);
}

export function leftPage() {
  return page('U bent uitgelogd', '<p>U bent ook uitgelogd bij de balies waar u met dit account was.</p>');
}

export function errorPage(error, look) {
  return page('Inloggen lukt niet', `<p>Ga terug en probeer het opnieuw. Melding: ${escapeHtml(error)}.</p>`, look);
}
