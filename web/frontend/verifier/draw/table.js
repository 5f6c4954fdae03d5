// The table of a draw and its classes (docs/formats/draw-record.md, "Table and leaves" and "Request").
import { sha256Hex, utf8 } from "../bytes.js";
import { Fraction, sum, whole } from "../engine/fraction.js";
import { need } from "../errors.js";
import { byCodePoints, equal, exactly, has, opt } from "../json.js";

const ROW = /^([0-9a-f]{64}) (0|[1-9][0-9]*) (\S+)(?: (-|[0-9a-f.]+) (-|[0-9a-f]+))?$/;

export const broken = (holds, en, zh) => need(holds, `draw record: ${en}`, `抽取记录：${zh}`);
export const isIn = (mask, group) => Math.floor(mask / 2 ** group) % 2 === 1;
const pathOf = (text) => (text === "" ? [] : text.split("."));
export const tail = (path, at) => path.slice(at).join(".");

/** A fraction from 0 to 1 in lowest terms, as text. */
export function readShare(text) {
  const found = typeof text === "string" ? /^(0|[1-9][0-9]*)(?:\/([1-9][0-9]*))?$/.exec(text) : null;
  const value = found && new Fraction(BigInt(found[1]), BigInt(found[2] ?? 1));
  broken(value && value.text === text && value.over <= value.under, "a chance is no fraction in lowest terms", "机会不是最简分数");
  return value;
}

/** The rows of a table: leaf, mask (0: excluded), code, employers from the inside out, tag of relatives. */
export function readTable(request, lines) {
  const caps = opt(request, "caps", []), groups = request.groups.length, rows = [];
  let last = "";
  for (const line of lines) {
    const row = typeof line === "string" ? ROW.exec(line) : null;
    broken(row && (row[4] === undefined) === (request.v === 1), "a row of the table is no row", "表中有一行格式有误");
    const [, leaf, maskText, code, tags = "-", kin = "-"] = row, mask = Number(maskText);
    const sound = leaf > last && mask < 2 ** groups && (mask === 0) === (code !== "-");
    broken(sound, "order, mask or code of a row is wrong", "表中有一行的次序、组别或代码有误");
    const employers = tags === "-" ? [] : pathOf(tags);
    const isTagged = employers.length === (mask ? caps.length : 0) && employers.every(Boolean) && (mask || kin === "-");
    broken(isTagged, "a row does not have one tag for each cap", "表中有一行的标签数与上限数不符");
    rows.push({ leaf, mask, code, employers, kin: kin === "-" ? "" : kin, tags, line });
    last = leaf;
  }
  broken(sha256Hex(utf8(lines.map((line) => `${line}\n`).join(""))) === request.table_digest, "the table is not the one that the request names", "表与申请所记不一致");
  return rows;
}

/** The innermost employer around a row whose cap binds, as text; empty for none. */
export function innermost(path, bound) {
  for (let at = 0; at < path.length; at++) if (bound.has(tail(path, at))) return tail(path, at);
  return "";
}

const pathParts = (text) => text.split(".");

/** Employers compare tag by tag, as lists do. */
function comparePaths(one, other) {
  const left = one ? pathParts(one) : [], right = other ? pathParts(other) : [];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return left[at] < right[at] ? -1 : 1;
  }
  return left.length - right.length;
}

/** The classes as the request tells them, which must be those of the table; and the number of each row's class. */
export function readClasses(request, rows, bound) {
  const counted = new Map(), keys = [];
  for (const row of rows) {
    const kind = { mask: row.mask, employer: innermost(row.employers, bound), kin: request.v > 3 ? row.kin : "" };
    const key = `${kind.mask}|${kind.employer}|${kind.kin}`;
    keys.push(key);
    if (!counted.has(key)) counted.set(key, { ...kind, experts: 0 });
    counted.get(key).experts++;
  }
  const due = [...counted].sort(([, one], [, other]) =>
    one.mask - other.mask || comparePaths(one.employer, other.employer) || byCodePoints(one.kin, other.kin));
  const names = ["mask", "experts", "chance", ...(request.v < 4 ? ["split"] : ["kin"]), ...(request.v > 1 ? ["employer"] : [])];
  const told = request.classes.map((one) => exactly(one, ...names));
  const isSame = equal(
    told.map((one) => [one.mask, opt(one, "employer", ""), opt(one, "kin", ""), one.experts]),
    due.map(([, one]) => [one.mask, one.employer, one.kin, one.experts]),
  );
  broken(isSame, "the classes are not those of the table", "类别与表不符");
  const numbers = new Map(due.map(([key], number) => [key, number]));
  const classes = due.map(([, one], number) => ({ ...one, path: one.employer ? pathParts(one.employer) : [], chance: readShare(told[number].chance), told: told[number] }));
  return { classes, ofRow: keys.map((key) => numbers.get(key)) };
}

/** The spread of each class over the groups, by number of group; it fits chances and seats. */
export function readSplits(request, classes) {
  const numbers = new Map(request.groups.map((group, number) => [group.id, number]));
  const splits = classes.map((one) => {
    const split = new Map();
    for (const [id, number] of numbers) if (has(one.told.split, id)) split.set(number, readShare(one.told.split[id]));
    const shares = [...split.values()];
    const fits = split.size === Object.keys(one.told.split).length && sum(shares).compare(one.chance) === 0;
    const allowed = [...split].every(([group, share]) => share.sign > 0 && isIn(one.mask, group));
    broken(fits && allowed, "the spread of a class does not fit its chance or groups", "类别的分配与机会或组别不符");
    return split;
  });
  request.groups.forEach((group, number) => {
    const filled = sum(classes.map((one, at) => (splits[at].get(number) ?? whole(0)).times(whole(one.experts))));
    broken(filled.compare(whole(group.quota)) === 0, "the spread does not fill each group's seats", "分配未恰好填满各组席位");
  });
  return splits;
}

