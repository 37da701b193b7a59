// The demo's login page: plain HTML and one style sheet, no script.
import { createHash } from 'node:crypto';

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => escapes[character]);

const STYLE = `
:root { color-scheme: light; font: 112.5%/1.5 system-ui, "Noto Sans", sans-serif; }
body { margin: 0; background: #f3f5f7; color: #1b2733; }
main { max-width: 26rem; margin: 8vh auto; padding: 2rem; background: #fff; border-radius: .5rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
p { margin: 0 0 1.25rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid #5b6b7a; border-radius: .25rem; }
button { margin-top: 1.5rem; padding: .7rem 1.5rem; font: inherit; font-weight: 600; color: #fff; background: #154273; border: 0; border-radius: .25rem; }
input:focus-visible, button:focus-visible { outline: 3px solid #f0a500; outline-offset: 2px; }
.error { padding: .75rem 1rem; border-left: .3rem solid #b3261e; background: #fdf0ef; }
.demo { color: #44525f; font-size: .9rem; }
`;
const styleHash = createHash('sha256').update(STYLE).digest('base64');

export const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  // No form-action: Chromium applies it to the redirect back to the desk as well.
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
};

export function loginPage({ uid, failed, username = '' }) {
  const error = failed
    ? '<p class="error" role="alert">De gebruikersnaam of het wachtwoord klopt niet. Probeer het opnieuw.</p>'
    : '';
  return `<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inloggen - Voorbeeldstad</title><style>${STYLE}</style></head>
<body><main><h1>Inloggen</h1><p class="demo">Account van de gemeente Voorbeeldstad (demo)</p>${error}
<form method="post" action="/interaction/${escapeHtml(uid)}">
<label for="username">Gebruikersnaam</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" required value="${escapeHtml(username)}" autofocus>
<label for="password">Wachtwoord</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Log in</button></form></main></body></html>`;
}
