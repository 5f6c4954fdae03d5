// The rounds of a draw: each recomputed, each going on from those before (docs/formats/draw-record.md, "Rounds").
import { digestOf, equal, isWhole, opt } from "../json.js";
import { checkRecord } from "./record.js";
import { broken, isIn, tail } from "./table.js";

const roundOf = (request) => opt(request, "round", 1);

/** The caps of a draw, and of each leaf its employers and its tag of relatives. */
export function employersOf(first) {
  const caps = opt(first.request, "caps", []), rows = new Map(first.rows.map((row) => [row.leaf, row]));
  const pathOf = (leaf, level) => {
    const row = rows.get(leaf);
    return row ? tail(row.employers, level) : "";
  };
  const isKin = (leaf, seated) => {
    const kin = rows.get(leaf)?.kin;
    return Boolean(kin) && seated.some((other) => rows.get(other)?.kin === kin);
  };
  const colleagues = (leaf, level, seated) => seated.filter((other) => pathOf(other, level) === pathOf(leaf, level)).length;
  return {
    /** Whether somebody may sit beside these. */
    haveRoom: (leaf, seated) => !isKin(leaf, seated) && caps.every((cap, level) => colleagues(leaf, level, seated) < cap),
    /** Whether so many more seats can be drawn for somebody's employers beside these. */
    haveRoomFor: (leaf, seats, seated) =>
      !isKin(leaf, seated) && caps.every((cap, level) => {
        const held = colleagues(leaf, level, seated);
        return !held || held + Math.min(cap, seats) <= cap;
      }),
  };
}

/** Everybody who was seated or in reserve. */
function hadATurn(rounds) {
  return new Set(rounds.flatMap((one) => [...one.seats.map((seat) => seat.leaf), ...Object.values(one.reserves).flat()]));
}

const seatsOf = (request) => request.groups.reduce((sum, group) => sum + group.quota, 0);

/** The rows of the first table as they stand for the groups of a later round, before members beside are looked at. */
function stillFree(first, groups, turns) {
  const places = groups.map((group) => first.request.groups.findIndex((one) => one.id === group.id));
  return first.all.map((row) => {
    const mask = places.reduce((sum, old, g) => sum + (isIn(row.mask, old) ? 2 ** g : 0), 0);
    const code = turns.has(row.leaf) ? "earlier-round" : row.code !== "-" ? row.code : mask ? "" : "no-vacant-seat";
    const line = code ? `${row.leaf} 0 ${code} - -` : `${row.leaf} ${mask} - ${row.employers.join(".") || "-"} ${row.kin || "-"}`;
    return { ...row, isFree: !code, line };
  });
}

const besideLine = (row) => `${row.leaf} 0 beside-member - -`;

/** The table of a later round, given who still sits. */
export function laterTable(rounds, groups, seated) {
  const [first] = rounds, employers = employersOf(first), seats = groups.reduce((sum, group) => sum + group.quota, 0);
  return stillFree(first, groups, hadATurn(rounds)).map((row) =>
    row.isFree && !employers.haveRoomFor(row.leaf, seats, seated) ? besideLine(row) : row.line);
}

function checkLater(earlier, request, table) {
  const [first] = earlier, before = earlier.at(-1), { continues } = request;
  broken(continues !== null && continues.request === before.hash, "a round does not continue the one before", "某轮未承接前一轮");
  const isNext = request.tender_id === first.request.tender_id && request.number > before.request.number;
  broken(isNext, "a round belongs to another tender or comes out of order", "某轮属于另一项目或次序有误");
  const ids = first.request.groups.map((group) => group.id);
  const known = request.groups.every((group) => ids.includes(group.id));
  const filled = continues.seats.length === seatsOf(request) && new Set(continues.seats).size === continues.seats.length;
  const isSame = known && filled && equal(opt(request, "caps", []), opt(first.request, "caps", []));
  broken(isSame, "a round has other groups, caps or seats than those it fills", "某轮的组别、上限或席位不符");
  const turns = hadATurn(earlier), due = stillFree(first, request.groups, turns);
  const members = first.rows.filter((row) => turns.has(row.leaf));
  const tags = new Set(members.flatMap((row) => row.employers.map((_, at) => tail(row.employers, at))));
  const kin = new Set(members.map((row) => row.kin).filter(Boolean));
  const isBeside = (row) => row.code === "-" && (kin.has(row.kin) || row.employers.some((_, at) => tags.has(tail(row.employers, at))));
  const follows = due.length === table.length && due.every((row, at) =>
    table[at] === row.line || (row.isFree && isBeside(row) && table[at] === besideLine(row)));
  broken(follows, "the table of a later round is not what the first one leaves", "后续轮次的表与首轮所剩不符");
}

const partOf = (number) => (number === 1 ? "draw.json" : `draw_round_${number}.json`);

/** The records of all rounds, each the logged one. */
function recordsOf(evidence) {
  const drawn = evidence.ofKind("panel.drawn");
  broken(drawn.length > 0, "the log has no draw of a panel", "日志中没有抽取记录");
  const records = drawn.map((fact, at) => {
    const record = evidence.json(partOf(at + 1));
    broken(digestOf(record) === fact.data.record, "it is not the one that was logged", "与日志所记不一致");
    broken(record.request.draw_id === fact.subject, "it is of another draw", "属于另一次抽取");
    return record;
  });
  broken(!evidence.has(partOf(drawn.length + 1)), "there are more rounds than were drawn", "轮次多于实际抽取");
  return records;
}

/** Every round of the tender's draw, recomputed. */
export function checkedRounds(evidence) {
  return evidence.keep("rounds", () => {
    const rounds = [];
    for (const record of recordsOf(evidence)) {
      const one = checkRecord(record), { request } = one;
      const isFirst = !rounds.length, number = roundOf(request);
      broken(isWhole(number, 1) && number === rounds.length + 1, "a round is missing or stands twice", "轮次缺失或重复");
      if (isFirst) broken(opt(request, "continues") === null, "the first round continues another one", "首轮不应承接其他轮次");
      else checkLater(rounds, request, record.table);
      rounds.push({ ...one, record });
    }
    return rounds;
  });
}
