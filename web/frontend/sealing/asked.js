// The answers that a rulebook asks of a bid, as form fields, and what is wrong with those given.
// The same as evaluation/answers.py and evaluation/answer_check.py.

const KIND_OF_ADJUSTMENT = { flag: "flag", units: "number", stated: "number" };
const DECIMAL = /^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$/;

/** The fields of a rulebook as it stands in the notice: [{ id, kind, required, choices }], each id once. */
export function answerFields(rulebook) {
  const fields = new Map();
  for (const [id, kind, required, choices] of asked(rulebook)) {
    const known = fields.get(id);
    fields.set(id, { id, kind, required: Boolean(known?.required || required), choices: Object.keys(choices ?? {}) });
  }
  return [...fields.values()];
}

function* asked(rulebook) {
  for (const criterion of (rulebook.groups ?? []).flatMap((group) => group.criteria ?? [])) {
    const rule = criterion.value;
    if (rule) yield [rule.answer, ["flag", "choice"].includes(rule.kind) ? rule.kind : "number", rule.required, rule.choices];
  }
  for (const one of rulebook.price?.adjustments ?? []) {
    if (one.kind === "quality") for (const feature of one.features) yield [feature.answer, "choice", false, feature.choices];
    else yield [one.answer, KIND_OF_ADJUSTMENT[one.kind], one.required];
  }
  for (const key of rulebook.tie_break ?? []) if (key.startsWith("answer:")) yield [key.slice("answer:".length), "flag", false];
}

/** Every answer that is missing or of the wrong kind, in order: [{ id, code, rejects }]. */
export function answerRemarks(fields, given) {
  return fields.flatMap((field) => {
    if (!Object.hasOwn(given, field.id)) {
      return [{ id: field.id, code: field.required ? "answer-required" : "answer-missing", rejects: field.required }];
    }
    return isAnswer(field, given[field.id]) ? [] : [{ id: field.id, code: `answer-${field.kind}`, rejects: field.required }];
  });
}

function isAnswer(field, value) {
  if (field.kind === "flag") return typeof value === "boolean";
  if (field.kind === "choice") return field.choices.includes(value);
  return DECIMAL.test(Number.isSafeInteger(value) ? String(value) : typeof value === "string" ? value : "");
}
