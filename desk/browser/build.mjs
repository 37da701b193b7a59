// Builds what the browser gets: scripts, one style sheet, one font, a manifest.
//   node browser/build.mjs           into static/built/, and the npm package into package/dist/
//   node browser/build.mjs --tests   bundles the tests for node's own runner
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { buildPackage } from "./build-package.mjs";
import { pruneCss } from "./prune-css.mjs";
import { tighten } from "./tighten.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const DESK = dirname(HERE);
const BUILT = join(DESK, "static", "built");
const TESTS = join(DESK, "browser", "built-tests");
const TARGET = ["chrome111", "firefox115", "safari16.4"];
const LIMITS = { lookup: 45_000, page: 40_000, overview: 60_000, search: 30_000, involved: 30_000, matches: 10_000, style: 25_000 };
const PARTS = [
  "root", "document", "surface", "page-layout", "heading-1", "heading-2", "heading-3",
  "paragraph", "link", "button", "button-link", "form-label", "form-field",
  "form-field-description", "form-field-error-message", "form-fieldset", "textbox",
  "select", "radio-button", "alert", "skip-link", "data-badge", "unordered-list",
];

const digest = (data) => createHash("sha384").update(data).digest();

function put(name, extension, data) {
  const bytes = Buffer.from(data);
  const hash = digest(bytes);
  const file = `${name}-${hash.toString("hex").slice(0, 12)}.${extension}`;
  writeFileSync(join(BUILT, file), bytes);
  const weight = gzipSync(bytes, { level: 9 }).length;
  if (weight > (LIMITS[name] ?? Infinity)) throw new Error(`${name}: ${weight} bytes gzipped`);
  console.log(`${file}: ${bytes.length} bytes, ${weight} gzipped`);
  return { file, integrity: `sha384-${hash.toString("base64")}` };
}

async function bundleScript(entry) {
  const result = await build({
    entryPoints: [join(HERE, "src", "screen", entry)],
    bundle: true, minify: true, write: false, format: "esm", target: TARGET,
    legalComments: "none", charset: "utf8",
  });
  return tighten(result.outputFiles[0].text);
}

/** Only what the pages use: classes named in templates and scripts, tokens reached. */
async function bundleStyle(fontFile) {
  const read = (...path) => readFileSync(join(DESK, ...path), "utf8");
  const parts = PARTS.map((part) => read("node_modules", "@utrecht", `${part}-css`, "dist", "index.css"));
  const tokens = read("node_modules", "@nl-design-system-unstable", "voorbeeld-design-tokens", "dist", "theme.css");
  const own = read("styles", "theme.css").replace("font.woff2", fontFile) + ["desk", "guard", "sheet", "work", "whose"].map((name) => read("styles", `${name}.css`)).join("\n");
  const sheet = [tokens, ...parts, own].join("\n");
  const { code } = await transform(pruneCss(sheet, usedWords()), { loader: "css", minify: true, target: TARGET, legalComments: "none" });
  return code;
}

function usedWords() {
  const folders = [join(DESK, "templates"), join(HERE, "src", "screen")];
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)));
  const sources = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, "utf8"));
  return new Set(sources.join("\n").match(/[A-Za-z][\w-]*/g));
}

/** A desk that runs still serves the files it started with: they stay for a day. */
function removeOlder(folder) {
  const yesterday = Date.now() - 86_400_000;
  for (const path of readdirSync(folder).map((name) => join(folder, name))) {
    if (statSync(path).mtimeMs < yesterday) rmSync(path);
  }
}

async function buildAll() {
  mkdirSync(BUILT, { recursive: true });
  removeOlder(BUILT);
  const fontPath = join(DESK, "node_modules", "@fontsource-variable", "source-sans-3", "files", "source-sans-3-latin-wght-normal.woff2");
  const font = put("font", "woff2", readFileSync(fontPath));
  const style = await bundleStyle(font.file);
  const manifest = {
    font,
    style: put("style", "css", style),
    lookup: put("lookup", "js", await bundleScript("lookup-page.ts")),
    page: put("page", "js", await bundleScript("page.ts")),
    ownLookups: put("own-lookups", "js", await bundleScript("own-lookups-page.ts")),
    overview: put("overview", "js", await bundleScript("officer/overview-page.ts")),
    search: put("search", "js", await bundleScript("officer/search-page.ts")),
    citizens: put("citizens", "js", await bundleScript("officer/citizens-page.ts")),
    matches: put("matches", "js", await bundleScript("matches-page.ts")),
    involved: put("involved", "js", await bundleScript("involved/involved-page.ts")),
  };
  writeFileSync(join(BUILT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await buildPackage({ style, target: TARGET });
}

async function buildTests() {
  rmSync(TESTS, { recursive: true, force: true });
  const tests = readdirSync(join(HERE, "test")).filter((name) => name.endsWith(".ts"));
  await build({
    entryPoints: tests.map((name) => join(HERE, "test", name)),
    outdir: TESTS, outExtension: { ".js": ".mjs" }, bundle: true, format: "esm",
    platform: "node", target: "node20", sourcemap: "inline",
  });
}

await (process.argv.includes("--tests") ? buildTests() : buildAll());
