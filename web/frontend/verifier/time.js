// Moments in UTC as whole microseconds.
import { need } from "./errors.js";

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Microseconds since 1970 of digits of date and time; refuses days that no calendar has. */
export function moment(year, month, day, hour, minute, second, fraction = "") {
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(at);
  const isReal = back.getUTCFullYear() === +year && back.getUTCMonth() === month - 1 && back.getUTCDate() === +day;
  need(isReal && hour < 24 && minute < 60 && second < 60, "a moment is on no calendar", "时刻不存在");
  return BigInt(at) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

export function readTime(text) {
  const found = typeof text === "string" ? WRITTEN.exec(text) : null;
  need(found, "a moment is malformed", "时刻格式有误");
  const [, ...parts] = found;
  const away = parts[7] ? BigInt(parts[8] * 60 + +parts[9]) * 60_000_000n : 0n;
  return moment(...parts.slice(0, 6), parts[6] ?? "") - (parts[7] === "-" ? -away : away);
}

/** The one printed form. */
export function writeTime(at) {
  const whole = new Date(Number(at / 1000n)).toISOString().slice(0, 19);
  return `${whole}.${String(at % 1_000_000n).padStart(6, "0")}Z`;
}
