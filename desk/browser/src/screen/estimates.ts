/** An estimate as it leaves the page: of no person, without a flag, and only when asked for. */
import { writeDay } from "./moments.ts";
import { text } from "./texts.ts";

/** One life domain and what was thought of it, from 1 to 5. */
export interface Estimate {
  readonly domain: string;
  readonly label: string;
  readonly estimate: number;
}

/** Write estimates as text for a file, a line for each domain that has one. */
export function writeEstimates(estimates: readonly Estimate[], on: Date): string {
  const lines = estimates.map(({ label, estimate }) => `${label}: ${estimate}`);
  return [text("estimates-head", { day: writeDay(on.toISOString()) }), text("estimates-scale"), ...lines].join("\n");
}
