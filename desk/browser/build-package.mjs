// Builds the npm package: the module for other systems, `<signal-flags>`, their types.
// Everything comes from the desk's own sources; package/dist is not kept in git.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { pruneCss } from "./prune-css.mjs";
import { tighten } from "./tighten.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const DESK = dirname(HERE);
const ROOT = dirname(DESK);
const DIST = join(HERE, "package", "dist");
const LIMIT = 57_000;
const FONT_FACE = /@font-face\s*\{[^}]*\}/g;
const WORD = /[A-Za-z][\w-]*/g;
const THEME = /\.(?:voorbeeld|desk)-theme\b/g;

/** Write package/dist; `style` is the sheet of the desk's pages, `target` the browsers. */
export async function buildPackage({ style, target }) {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  const shared = { bundle: true, format: "esm", target, charset: "utf8", legalComments: "eof" };
  await build({ ...shared, entryPoints: [join(HERE, "src", "index.ts")], outfile: join(DIST, "index.js"), external: ["@noble/curves"] });
  const element = { ...shared, entryPoints: [join(HERE, "src", "component", "signal-flags.ts")], minify: true };
  const bare = await build({ ...element, write: false, external: ["signal-flags:pieces"] });
  const named = new Set(bare.outputFiles[0].text.match(WORD));
  await build({ ...element, outfile: join(DIST, "signal-flags.js"), plugins: [ownPieces(style, named)] });
  execFileSync(process.execPath, [join(DESK, "node_modules", "typescript", "bin", "tsc"), "-p", join(HERE, "tsconfig.package.json")], { stdio: "inherit" });
  await writeElement();
}

/** The desk's templates, texts and styles, as a module inside the bundle: what its script names. */
function ownPieces(style, named) {
  return {
    name: "signal-flags-pieces",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^signal-flags:pieces$/ }, () => ({ path: "pieces", namespace: "signal-flags" }));
      onLoad({ filter: /.*/, namespace: "signal-flags" }, () => ({ contents: writePieces(style, named), loader: "js" }));
    },
  };
}

function writePieces(style, named) {
  const python = process.env.PYTHON ?? join(ROOT, ".venv", "bin", "python");
  const rendered = execFileSync(python, ["-m", "desk.component_pieces"], { cwd: ROOT, encoding: "utf8" });
  const { markup, texts } = JSON.parse(rendered);
  // A page cannot load a font from within a shadow tree; the tokens stand on the element
  // itself, so that a page sets its own house style with a rule for `signal-flags`.
  const used = pruneCss(style, wordsOf(markup));
  const own = used.replace(FONT_FACE, "").replace(THEME, ":host") + readFileSync(join(DESK, "styles", "component.css"), "utf8");
  const said = Object.fromEntries(Object.entries(texts).filter(([key]) => isNamed(key, named)));
  const parts = { markup: markup.replace(/\n\s*/g, "\n"), sheet: own, texts: said };
  return Object.entries(parts).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join("\n");
}

/** Whether a script names a text: whole, by how it begins (`day-`), or by what bears two. */
function isNamed(key, named) {
  const [begin] = key.match(/^[a-z]+-/) ?? [""];
  return named.has(key) || named.has(begin) || named.has(key.replace(/-(title|advice)$/, ""));
}

/** What the element's markup and scripts name: the desk's other pages style themselves. */
function wordsOf(markup) {
  const folders = ["screen", join("screen", "involved"), "component"].map((name) => join(HERE, "src", name));
  const scripts = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".ts")).map((name) => readFileSync(join(folder, name), "utf8")));
  return new Set([markup, ...scripts].join("\n").match(WORD));
}

async function writeElement() {
  const path = join(DIST, "signal-flags.js");
  const script = Buffer.from(await tighten(readFileSync(path, "utf8")));
  writeFileSync(path, script);
  const weight = gzipSync(script, { level: 9 }).length;
  if (weight > LIMIT) throw new Error(`signal-flags.js: ${weight} bytes gzipped`);
  const integrity = { "signal-flags.js": `sha384-${createHash("sha384").update(script).digest("base64")}` };
  writeFileSync(join(DIST, "integrity.json"), `${JSON.stringify(integrity, null, 2)}\n`);
  console.log(`package/dist/signal-flags.js: ${script.length} bytes, ${weight} gzipped`);
}
