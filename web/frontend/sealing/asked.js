// The answers that a rulebook asks of a bid, as form fields, and what is wrong with those given.
// The same as evaluation/answers.py and evaluation/answer_check.py.

const KIND_OF_ADJUSTMENT = { flag: "flag", units: "number", stated: "number" };
const DECIMAL = /^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$/;

/**
 * The fields of a rulebook as it stands in the notice: [{ id, kind, required, choices, withPrice }], each id once.
 * What only adjusts the price is sealed with it where envelopes open in stages.
 */
export function answerFields(rulebook) {
  const fields = new Map();
  for (const { id, kind, required = false, choices = {}, withPrice = false } of asked(rulebook)) {
    const known = fields.get(id) ?? { required, withPrice };
    fields.set(id, {
      id,
      kind,
      required: known.required || required,
      choices: Object.keys(choices),
      withPrice: known.withPrice && withPrice,
    });
  }
  return [...fields.values()];
}

function* asked(rulebook) {
  for (const criterion of (rulebook.groups ?? []).flatMap((group) => group.criteria ?? [])) {
    const rule = criterion.value;
    const kind = ["flag", "choice"].includes(rule?.kind) ? rule.kind : "number";
    if (rule) yield { id: rule.answer, kind, required: rule.required, choices: rule.choices };
  }
  for (const one of rulebook.price?.adjustments ?? []) {
    if (one.kind === "quality") {
      for (const { answer, choices } of one.features) yield { id: answer, kind: "choice", choices, withPrice: true };
    } else {
      yield { id: one.answer, kind: KIND_OF_ADJUSTMENT[one.kind], required: one.required, withPrice: true };
    }
  }
  for (const key of rulebook.tie_break ?? []) {
    if (key.startsWith("answer:")) yield { id: key.slice("answer:".length), kind: "flag" };
  }
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
