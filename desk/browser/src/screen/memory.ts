/** Where the desk's pages keep the last key config that held. */
import { KnownConfig } from "../known.ts";

export const memory = new KnownConfig(() => localStorage, "signal-desk.key-config");
