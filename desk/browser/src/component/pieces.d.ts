/** What `build-package.mjs` puts into the component: the desk's own pieces. */
declare module "signal-flags:pieces" {
  export const markup: string;
  export const sheet: string;
  export const texts: Readonly<Record<string, string>>;
}
