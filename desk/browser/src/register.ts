/**
 * Who somebody is according to the population register: the organisation's own gateway,
 * Haal Centraal BRP personen bevragen 2.x, at a path of this page's own origin.
 *
 * - A number or a name goes there by POST and nowhere else; nothing that comes back is
 *   kept here.
 * - Nobody is chosen: what speaks against a person is named (`Doubt`), and somebody
 *   else than was asked for is never handed over.
 * - A gateway that is silent or makes no sense is `RegisterSilent`, never "nobody".
 */
import { parseBsn } from "./bsn.ts";
import { asObject } from "./bytes.ts";
import { InvalidBsn, Malformed, Refused } from "./errors.ts";
import type { Fetch } from "./relay.ts";

const GIVE_UP_AFTER = 8_000;
const WHO = ["burgerservicenummer", "naam.voornamen", "naam.voorvoegsel", "naam.geslachtsnaam", "geboorte.datum"];
const ADDRESS = ["adressering.adresregel1", "adressering.adresregel2"];
const FAMILY = ["partners", "ouders", "kinderen"] as const;
const FIELDS = [
  ...WHO,
  ...FAMILY.flatMap((group) => WHO.map((field) => `${group}.${field}`)),
  "partners.ontbindingHuwelijkPartnerschap.datum",
];

/** What speaks against taking a person for the one who is meant. */
export type Doubt = "dead" | "moved" | "suspended" | "abroad" | "investigated" | "secret";
export type Kinship = "partner" | "former-partner" | "parent" | "child";

export interface Named {
  /** Nine digits; empty where the register has none. */
  readonly number: string;
  readonly name: string;
  /** As people write it; empty where nobody knows it. */
  readonly born: string;
  readonly doubts: readonly Doubt[];
}

export interface Relative extends Named {
  readonly kinship: Kinship;
}

export interface Known extends Named {
  /** Only where several answer to one name; never where it is secret. */
  readonly address: string;
  readonly relatives: readonly Relative[];
}

/** The gateway does not answer, or answers something else than was asked. */
export class RegisterSilent extends Refused {
  constructor() {
    super("register-silent");
  }
}

/** The gateway, or the proxy before it, does not let this user or organisation ask. */
export class RegisterRefused extends Refused {
  constructor() {
    super("register-refused");
  }
}

/** More people than the register gives at once. */
export class TooManyFound extends Refused {
  constructor() {
    super("register-too-many");
  }
}

/** The register gave somebody who was not asked for. */
export class AnotherGiven extends Refused {
  constructor() {
    super("register-another");
  }
}

type Question = Readonly<Record<string, unknown>> & { readonly type: string };
type Json = Readonly<Record<string, unknown>>;

export class Register {
  readonly #path: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Fetch;

  /** `path` is where this page's own origin leads to the gateway. */
  constructor(path: string, headers: Readonly<Record<string, string>>, fetcher?: Fetch) {
    this.#path = path;
    this.#headers = headers;
    this.#fetch = fetcher ?? ((url, init) => fetch(url, init));
  }

  /** Give who has a number, or null where nobody has; raises `AnotherGiven`. */
  async byNumber(number: string): Promise<Known | null> {
    const found = await this.#ask({
      type: "RaadpleegMetBurgerservicenummer",
      burgerservicenummer: [number],
      fields: FIELDS,
    });
    const [person] = found;
    if (person === undefined) return null;
    if (found.length > 1 || person.number !== number) throw new AnotherGiven();
    return person;
  }

  /**
   * Give everybody in the country with this surname and birth date, and where they live
   * only if there are several. Raises `TooManyFound`, `AnotherGiven`.
   */
  async byName(surname: string, born: string): Promise<readonly Known[]> {
    for (const form of listSurnames(surname)) {
      const found = await this.#search(form, born, WHO);
      if (found.length > 1) return this.#search(form, born, [...WHO, ...ADDRESS]);
      if (found.length === 1) return found;
    }
    return [];
  }

  async #search(surname: string, born: string, fields: readonly string[]): Promise<Known[]> {
    const question = { type: "ZoekMetGeslachtsnaamEnGeboortedatum", geslachtsnaam: surname, geboortedatum: born, fields };
    const found = await this.#ask(question, (person) => isCalled(person, surname, born));
    if (found.some((person) => person.number === "")) throw new RegisterSilent();
    return found;
  }

  async #ask(question: Question, isMeant: (person: Json) => boolean = () => true): Promise<Known[]> {
    const answer = await this.#send(question);
    try {
      const { type, personen } = asObject(answer);
      if (type !== question.type || !Array.isArray(personen)) throw new Malformed();
      const found = personen.map(asObject);
      if (!found.every(isMeant)) throw new AnotherGiven();
      return found.map(readPerson);
    } catch (error) {
      throw error instanceof Malformed ? new RegisterSilent() : error;
    }
  }

  async #send(question: Question): Promise<unknown> {
    let response: Response;
    try {
      response = await this.#fetch(`${this.#path}/personen`, {
        method: "POST",
        headers: { "Content-Type": "application/json; charset=utf-8", Accept: "application/json", ...this.#headers },
        body: JSON.stringify(question),
        cache: "no-store",
        redirect: "error", // a number never follows where somebody else sends it
        signal: AbortSignal.timeout(GIVE_UP_AFTER),
      });
      if (response.ok) return await response.json();
    } catch {
      throw new RegisterSilent();
    }
    if (response.status === 401 || response.status === 403) throw new RegisterRefused();
    throw (await isTooMany(response)) ? new TooManyFound() : new RegisterSilent();
  }
}

/** The forms to ask by: as the register has it, without what stands before; then whole. */
export function listSurnames(typed: string): readonly string[] {
  const words = typed.trim().split(/\s+/);
  const first = words.findIndex((word) => /^\p{Lu}/u.test(word));
  const bare = words.slice(Math.max(first, 0)).join(" ");
  return [...new Set([bare, words.join(" ")])];
}

async function isTooMany(response: Response): Promise<boolean> {
  if (response.status !== 400) return false;
  const problem: unknown = await response.json().catch(() => null);
  return (problem as Json | null)?.["code"] === "tooManyResults";
}

/** Whether this is somebody with the name and birth date that were asked for. */
function isCalled(person: Json, surname: string, born: string): boolean {
  const { geslachtsnaam, voorvoegsel } = group(person["naam"]);
  const asked = fold(surname);
  const forms = [word(geslachtsnaam), `${word(voorvoegsel)} ${word(geslachtsnaam)}`].map(fold);
  const day = group(group(person["geboorte"])["datum"]);
  return forms.includes(asked) && day["datum"] === born;
}

function readPerson(person: Json): Known {
  const named = readNamed(person);
  const lines = group(person["adressering"]);
  const address = [lines["adresregel1"], lines["adresregel2"]].map(word).filter((line) => line !== "").join(", ");
  return {
    ...named,
    address: named.doubts.includes("secret") ? "" : address,
    relatives: FAMILY.flatMap((kind) => list(person[kind]).map((each) => readRelative(kind, group(each)))),
  };
}

function readRelative(kind: (typeof FAMILY)[number], person: Json): Relative {
  const kinship = { partners: hasEnded(person) ? "former-partner" : "partner", ouders: "parent", kinderen: "child" } as const;
  return { ...readNamed(person), kinship: kinship[kind] };
}

function hasEnded(person: Json): boolean {
  return person["ontbindingHuwelijkPartnerschap"] !== undefined;
}

function readNamed(person: Json): Named {
  const name = group(person["naam"]);
  const parts = [name["voornamen"], name["voorvoegsel"], name["geslachtsnaam"]].map(word);
  return {
    number: readNumber(person["burgerservicenummer"]),
    name: parts.filter((part) => part !== "").join(" "),
    born: word(group(group(person["geboorte"])["datum"])["langFormaat"]).replace(/^0/, ""),
    doubts: findDoubts(person),
  };
}

function readNumber(given: unknown): string {
  if (given === undefined) return "";
  try {
    parseBsn(word(given));
    return word(given);
  } catch (error) {
    if (error instanceof InvalidBsn) throw new Malformed();
    throw error;
  }
}

function findDoubts(person: Json): Doubt[] {
  const reason = group(group(person["opschortingBijhouding"])["reden"])["code"];
  const ended = { O: "dead", E: "moved", R: "abroad" } as const;
  const doubts: [Doubt, boolean][] = [
    [ended[reason as keyof typeof ended] ?? "suspended", person["opschortingBijhouding"] !== undefined],
    ["abroad", list(person["rni"]).length > 0 && reason !== "R"],
    ["investigated", [person, group(person["naam"]), group(person["geboorte"])].some((each) => each["inOnderzoek"] !== undefined)],
    ["secret", person["geheimhoudingPersoonsgegevens"] === true],
  ];
  return doubts.filter(([, holds]) => holds).map(([doubt]) => doubt);
}

function fold(name: string): string {
  return name.normalize("NFKD").replace(/[^\p{L}]/gu, "").toLowerCase();
}

function group(given: unknown): Json {
  return given === undefined ? {} : asObject(given);
}

function list(given: unknown): readonly unknown[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new Malformed();
  return given;
}

function word(given: unknown): string {
  if (given === undefined) return "";
  if (typeof given !== "string") throw new Malformed();
  return given;
}
