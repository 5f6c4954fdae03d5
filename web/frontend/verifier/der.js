// The little of DER (X.690) that certificates and RFC 3161 tokens need, read strictly.
import { hex, readUtf8 } from "./bytes.js";
import { need } from "./errors.js";
import { moment } from "./time.js";

export const BOOLEAN = 0x01, INTEGER = 0x02, BITS = 0x03, OCTETS = 0x04, OID = 0x06;
export const UTC_TIME = 0x17, TIME = 0x18, SEQUENCE = 0x30, SET = 0x31;
export const tagged = (number) => 0xa0 | number;

/** Every value in order: its tag, its contents, and all of its bytes. */
export function values(data) {
  const found = [];
  for (let at = 0; at < data.length; ) {
    need(at + 2 <= data.length && (data[at] & 0x1f) !== 0x1f, "DER is cut off", "DER 编码被截断");
    let length = data[at + 1], start = at + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      need(count >= 1 && count <= 4 && start + count <= data.length && data[start], "a DER length is wrong", "DER 长度有误");
      length = data.subarray(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
      need(length >= 0x80, "a DER length is wrong", "DER 长度有误");
      start += count;
    }
    need(start + length <= data.length, "DER is cut off", "DER 编码被截断");
    found.push({ tag: data[at], contents: data.subarray(start, start + length), whole: data.subarray(at, start + length) });
    at = start + length;
  }
  return found;
}

/** The values inside of the one value of this tag that the data must be. */
export const inside = (value, tag) => values(contentsOf(value, tag));

export function contentsOf(value, tag) {
  need(value?.tag === tag, "another DER value was expected", "DER 数值类型不符");
  return value.contents;
}

export function only(data, tag) {
  const found = values(data);
  need(found.length === 1 && found[0].tag === tag, "another DER value was expected", "DER 数值类型不符");
  return found[0];
}

/** An object identifier as its bytes in hex. */
export const oid = (value) => hex(contentsOf(value, OID));

/** A GeneralizedTime or, in certificates, UTCTime. */
export function time(value) {
  const text = readUtf8(value.contents);
  const form = value.tag === TIME ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z$/ : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
  const parts = form.exec(text);
  need(parts && (value.tag === TIME || value.tag === UTC_TIME), "a time is not in DER form", "时间不是 DER 形式");
  const [year, ...rest] = parts.slice(1);
  const full = value.tag === TIME ? year : (Number(year) < 50 ? "20" : "19") + year;
  return moment(full, ...rest.slice(0, 5), rest[5] ?? "");
}
