/** Where a page keeps the last key config that held, so that no older one is taken. */
import type { KeyConfig } from "../key-config.ts";
import type { Memory } from "../lookup.ts";

const STORED = "signal-desk.key-config";

export const memory: Memory = {
  read: () => {
    const stored = localStorage.getItem(STORED);
    return stored === null ? null : (JSON.parse(stored) as KeyConfig);
  },
  write: (config) => localStorage.setItem(STORED, JSON.stringify(config)),
};
