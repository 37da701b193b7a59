/** Whom the population register gives is shown for what it is, and nobody is believed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AnotherGiven, listSurnames, Register, RegisterRefused, RegisterSilent, TooManyFound } from "../src/register.ts";
import { readDay } from "../src/screen/whose-search.ts";

const NUMBER = "999993847";
const CHILD = "999994918";
const BY_NUMBER = "RaadpleegMetBurgerservicenummer";
const BY_NAME = "ZoekMetGeslachtsnaamEnGeboortedatum";
const BORN = { datum: { type: "Datum", datum: "1982-04-10", langFormaat: "10 april 1982" } };
const MEREL = { burgerservicenummer: NUMBER, naam: { voornamen: "Merel", geslachtsnaam: "Kooyman" }, geboorte: BORN };

interface Scene {
  readonly register: Register;
  readonly asked: { path: string; init: RequestInit; body: Record<string, unknown> }[];
}

/** A register that answers each question in turn. */
function scene(...answers: (() => Response)[]): Scene {
  const asked: Scene["asked"] = [];
  const register = new Register("/brp", { "X-CSRF-Token": "t" }, async (path, init) => {
    asked.push({ path, init, body: JSON.parse(String(init.body)) as Record<string, unknown> });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("no network");
    return answer();
  });
  return { register, asked };
}

const gives = (type: string, ...personen: unknown[]) => () => Response.json({ type, personen });

test("a number goes by POST to the one path, follows no redirect and is not kept", async () => {
  const { register, asked } = scene(gives(BY_NUMBER, MEREL));
  const found = await register.byNumber(NUMBER);
  assert.deepEqual([found?.name, found?.born, found?.doubts], ["Merel Kooyman", "10 april 1982", []]);
  const [{ path, init, body } = assert.fail()] = asked;
  assert.deepEqual([path, init.method, init.redirect, init.cache], ["/brp/personen", "POST", "error", "no-store"]);
  assert.deepEqual([body["type"], body["burgerservicenummer"]], [BY_NUMBER, [NUMBER]]);
  assert.ok(!JSON.stringify(body["fields"]).includes("adres"));
});

test("nobody has a number, or somebody else is given: two things", async () => {
  assert.equal(await scene(gives(BY_NUMBER)).register.byNumber(NUMBER), null);
  for (const given of [[{ ...MEREL, burgerservicenummer: CHILD }], [MEREL, MEREL], [{ naam: MEREL.naam }]]) {
    await assert.rejects(scene(gives(BY_NUMBER, ...given)).register.byNumber(NUMBER), AnotherGiven);
  }
});

test("what speaks against a person is named", async () => {
  const against: [object, string[]][] = [
    [{ opschortingBijhouding: { reden: { code: "O", omschrijving: "overlijden" } } }, ["dead"]],
    [{ opschortingBijhouding: { reden: { code: "E" } } }, ["moved"]],
    [{ opschortingBijhouding: {} }, ["suspended"]],
    [{ opschortingBijhouding: { reden: { code: "R" } }, rni: [{}] }, ["abroad"]],
    [{ geheimhoudingPersoonsgegevens: true }, ["secret"]],
    [{ inOnderzoek: { burgerservicenummer: true } }, ["investigated"]],
    [{ naam: { ...MEREL.naam, inOnderzoek: { geslachtsnaam: true } } }, ["investigated"]],
    [{ geboorte: { ...BORN, inOnderzoek: { datum: true } } }, ["investigated"]],
  ];
  for (const [said, doubts] of against) {
    const found = await scene(gives(BY_NUMBER, { ...MEREL, ...said })).register.byNumber(NUMBER);
    assert.deepEqual(found?.doubts, doubts);
  }
});

test("family comes with how it is family; a number that is none is no answer", async () => {
  const child = { burgerservicenummer: CHILD, naam: { voornamen: "Catharina-Amalia", geslachtsnaam: "Maassen" } };
  const former = { naam: { geslachtsnaam: "Maassen" }, ontbindingHuwelijkPartnerschap: { datum: {} } };
  const family = { partners: [former], kinderen: [child] };
  const found = await scene(gives(BY_NUMBER, { ...MEREL, ...family })).register.byNumber(NUMBER);
  const seen = found?.relatives.map((each) => [each.kinship, each.number, each.name, each.born]);
  assert.deepEqual(seen, [["former-partner", "", "Maassen", ""], ["child", CHILD, "Catharina-Amalia Maassen", ""]]);
  const broken = { ...MEREL, kinderen: [{ burgerservicenummer: "999994919" }] };
  await assert.rejects(scene(gives(BY_NUMBER, broken)).register.byNumber(NUMBER), RegisterSilent);
});

test("an outage and an answer to something else are silence, never nobody", async () => {
  const silences = [
    undefined,
    () => new Response("", { status: 502 }),
    () => new Response("<html>", { status: 200 }),
    gives(BY_NAME, MEREL),
    () => Response.json({ type: BY_NUMBER }),
    () => Response.json({ type: BY_NUMBER, personen: [7] }),
    gives(BY_NUMBER, { ...MEREL, naam: "Merel" }),
  ];
  for (const silence of silences) {
    const answers = silence === undefined ? [] : [silence];
    await assert.rejects(scene(...answers).register.byNumber(NUMBER), RegisterSilent);
  }
});

test("a refusal is said as one", async () => {
  for (const status of [401, 403]) {
    const refused = () => new Response("", { status });
    await assert.rejects(scene(refused).register.byNumber(NUMBER), RegisterRefused);
  }
});

test("where somebody lives is asked only to tell two of one name apart, and a secret stays one", async () => {
  const one = scene(gives(BY_NAME, MEREL));
  assert.equal((await one.register.byName("Kooyman", "1982-04-10")).length, 1);
  assert.ok(one.asked.every(({ body }) => !JSON.stringify(body).includes("adres")));
  const lines = { adressering: { adresregel1: "Singel 4", adresregel2: "9901 AB  VOORBEELDSTAD" } };
  const twin = { ...MEREL, ...lines, burgerservicenummer: CHILD };
  const hidden = { ...MEREL, ...lines, geheimhoudingPersoonsgegevens: true };
  const two = scene(gives(BY_NAME, MEREL, twin), gives(BY_NAME, hidden, twin));
  const found = await two.register.byName("Kooyman", "1982-04-10");
  assert.deepEqual(found.map((each) => each.address), ["", "Singel 4, 9901 AB  VOORBEELDSTAD"]);
});

test("a search that gives somebody of another name or day gives nobody", async () => {
  const asked: [string, string][] = [["Jansen", "1982-04-10"], ["Kooyman", "1982-04-11"]];
  for (const [surname, born] of asked) {
    await assert.rejects(scene(gives(BY_NAME, MEREL)).register.byName(surname, born), AnotherGiven);
  }
});

test("too many is not the same as silence", async () => {
  const many = () => Response.json({ code: "tooManyResults" }, { status: 400 });
  await assert.rejects(scene(many).register.byName("Jansen", "1982-04-10"), TooManyFound);
  const wrong = () => Response.json({ code: "paramsValidation" }, { status: 400 });
  await assert.rejects(scene(wrong).register.byName("Jansen", "1982-04-10"), RegisterSilent);
});

test("a prefix before a surname is left out first; a double surname stays whole", () => {
  assert.deepEqual(listSurnames(" van der Sluis "), ["Sluis", "van der Sluis"]);
  assert.deepEqual(listSurnames("Jansen Pietersen"), ["Jansen Pietersen"]);
  assert.deepEqual(listSurnames("jansen pietersen"), ["jansen pietersen"]);
});

test("a day is read as people write it, and what is no day is none", () => {
  const days = ["14-3-1979", "14/03/1979", "31-02-1979", "1979-03-14", "14-3-79"].map(readDay);
  assert.deepEqual(days, ["1979-03-14", "1979-03-14", null, null, null]);
});
