// Takes out of a style sheet what the pages cannot use: rules for classes that no
// template or script names, and custom properties that nothing reads.

const CLASS = /\.(-?[_a-zA-Z][\w-]*)/g;
const READS = /var\(\s*(--[\w-]+)/g;
const COMMENT = /\/\*[\s\S]*?\*\//g;

export function pruneCss(sheet, words) {
  const rules = parse(sheet.replace(COMMENT, ""));
  const kept = keepUsedRules(rules, words);
  return write(keepUsedTokens(kept));
}

/** A flat reading of rules and at-rules: enough for the sheets that we bundle. */
function parse(sheet) {
  const nodes = [];
  let place = 0;
  while (place < sheet.length) {
    const open = sheet.indexOf("{", place);
    if (open < 0) break;
    const head = sheet.slice(place, open).trim();
    const close = matching(sheet, open);
    nodes.push({ head, body: sheet.slice(open + 1, close) });
    place = close + 1;
  }
  return nodes;
}

function matching(sheet, open) {
  let depth = 0;
  for (let place = open; place < sheet.length; place += 1) {
    if (sheet[place] === "{") depth += 1;
    if (sheet[place] === "}") depth -= 1;
    if (depth === 0) return place;
  }
  throw new Error("a rule of the style sheet does not end");
}

function keepUsedRules(nodes, words) {
  return nodes.flatMap(({ head, body }) => {
    if (/^@(media|supports|container)/.test(head)) {
      const inner = keepUsedRules(parse(body), words);
      return inner.length > 0 ? [{ head, inner }] : [];
    }
    if (head.startsWith("@")) return [{ head, body }];
    const selectors = splitSelectors(head).filter((one) => isUsed(one, words));
    return selectors.length > 0 ? [{ head: selectors.join(","), body }] : [];
  });
}

/** Split at commas, but not inside `:is(…)` and the like. */
function splitSelectors(head) {
  return splitOutside(head, ",").map((part) => part.trim());
}

/** Split at a mark, but not between brackets or quotes (`url("data:…;utf8,…")`). */
function splitOutside(text, mark) {
  const parts = [""];
  let depth = 0;
  let quote = null;
  for (const character of text) {
    if (quote !== null) quote = character === quote ? null : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (character === mark && depth === 0 && quote === null) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function isUsed(selector, words) {
  return [...selector.matchAll(CLASS)].every(([, name]) => words.has(name) || name.endsWith("-theme") || isDynamic(name));
}

/** Class names that templates put together from parts. */
function isDynamic(name) {
  return name.startsWith("desk-badge--");
}

function keepUsedTokens(nodes) {
  const wanted = new Set();
  const declared = new Map();
  const visit = (list) => list.forEach((node) => (node.inner ? visit(node.inner) : read(node)));
  const read = ({ body }) => {
    for (const declaration of splitOutside(body, ";")) {
      const [, name, value] = /^\s*(--[\w-]+)\s*:([\s\S]*)$/.exec(declaration) ?? [];
      if (name === undefined) for (const [, read] of declaration.matchAll(READS)) wanted.add(read);
      else declared.set(name, [...(declared.get(name) ?? []), value]);
    }
  };
  visit(nodes);
  const open = [...wanted];
  while (open.length > 0) {
    for (const value of declared.get(open.pop()) ?? []) {
      for (const [, name] of value.matchAll(READS)) {
        if (!wanted.has(name)) { wanted.add(name); open.push(name); }
      }
    }
  }
  return dropTokens(nodes, wanted);
}

function dropTokens(nodes, wanted) {
  return nodes.map((node) => {
    if (node.inner) return { ...node, inner: dropTokens(node.inner, wanted) };
    if (node.head.startsWith("@keyframes")) return node;
    const kept = splitOutside(node.body, ";").filter((declaration) => {
      const [, name] = /^\s*(--[\w-]+)\s*:/.exec(declaration) ?? [];
      return name === undefined || wanted.has(name);
    });
    return { ...node, body: kept.join(";") };
  });
}

function write(nodes) {
  return nodes.map((node) => `${node.head}{${node.inner ? write(node.inner) : node.body}}`).join("\n");
}
