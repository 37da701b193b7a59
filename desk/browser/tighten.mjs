// What esbuild leaves in: a twentieth of what a phone must fetch.
import { minify } from "terser";

/** Give the script of a module again, smaller; comments with a licence stay. */
export async function tighten(script) {
  return (await minify(script, { module: true, compress: { passes: 2 } })).code;
}
