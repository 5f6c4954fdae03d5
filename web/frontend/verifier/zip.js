// The archive of a capsule: stored entries one after the other, in one form only (docs/formats/capsule.md).
import { join, readUtf8, same, utf8 } from "./bytes.js";
import { need } from "./errors.js";

const ENTRY = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const FIRST_DAY = 0x21, VERSION = 20, UNIX = 3, MODE = 0o644 << 16;
const MOST_PARTS = 60_000, MOST_BYTES = 2 ** 31 - 1;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
export const CONTENTS = "capsule.json";

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

function crc32(data) {
  let sum = 0xffffffff;
  for (let at = 0; at < data.length; at++) sum = (sum >>> 8) ^ CRC[(sum ^ data[at]) & 0xff];
  return ~sum >>> 0;
}

/** Numbers of two or four bytes: [width, value] each. */
function fields(...pairs) {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

/** The archive of these parts; there is only one. */
export function pack(entries) {
  const local = [], central = [];
  let at = 0, directory = 0;
  for (const [name, data] of entries) {
    const shared = [[2, VERSION], [2, 0], [2, 0], [2, 0], [2, FIRST_DAY], [4, crc32(data)], [4, data.length], [4, data.length], [2, name.length], [2, 0]];
    local.push(fields([4, ENTRY], ...shared), utf8(name), data);
    const about = fields([4, CENTRAL], [2, (UNIX << 8) | VERSION], ...shared, [2, 0], [2, 0], [2, 0], [4, MODE], [4, at]);
    central.push(about, utf8(name));
    at += 30 + name.length + data.length;
    directory += 46 + name.length;
  }
  const count = entries.length;
  const end = fields([4, END], [2, 0], [2, 0], [2, count], [2, count], [4, directory], [4, at], [2, 0]);
  return join(...local, ...central, end);
}

/** The parts by name, capsule.json first; refuses any archive but the one that these parts have. */
export function unpack(data) {
  need(data.length <= MOST_BYTES, "it is larger than a capsule may be", "超过了证据包允许的大小");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const entries = [];
  let at = 0, last = "";
  while (at + 30 <= data.length && view.getUint32(at, true) === ENTRY) {
    const size = view.getUint32(at + 18, true), start = at + 30 + view.getUint16(at + 26, true);
    need(start + size <= data.length, "the archive is cut off", "压缩包被截断");
    const name = readUtf8(data.subarray(at + 30, start));
    const isNext = entries.length ? name !== CONTENTS && (entries.length === 1 || last < name) : name === CONTENTS;
    need(isNext && NAME.test(name), "a name of a part is doubled, out of order or not allowed", "部件名称重复、乱序或不合规");
    entries.push([name, data.subarray(start, start + size)]);
    need(entries.length <= MOST_PARTS, "it has more parts than a capsule may have", "部件数超过上限");
    [at, last] = [start + size, name];
  }
  need(entries.length && same(pack(entries), data), "the archive is damaged or in another form", "压缩包已损坏或形式不符");
  return new Map(entries);
}

