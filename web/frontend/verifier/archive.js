// Stamps of the archive: the head of the log was stamped, and stamped anew before a stamp ran out
// (docs/formats/timestamp.md, "Keeping tokens provable").
import { sha256Hex, unb64 } from "./bytes.js";
import { NotProven, need } from "./errors.js";
import { provenEntry } from "./evidence.js";
import { exactly } from "./json.js";
import { checkConsistency } from "./merkle.js";
import { readCheckpoint } from "./signed.js";
import { writeTime } from "./time.js";
import { checkToken, readAuthority } from "./timestamp.js";

const PART = "log/archive.json";
const day = (at) => writeTime(at).slice(0, 10);

/** One stamp: the head that it covers, which the capsule's head grew into, its authority, and its moment. */
function readStamp(evidence, line) {
  exactly(line, "token", "certificate", "checkpoint", "consistency", "entry");
  const head = readCheckpoint(line.checkpoint, evidence.keys.log_vkey), token = unb64(line.token);
  const way = line.consistency.map((step) => unb64(step, 32));
  checkConsistency(evidence.head.size, head.size, way, evidence.head.root, head.root);
  const authority = readAuthority(unb64(line.certificate));
  return { line, head, authority, token, at: checkToken(token, head.root, authority) };
}

/** The next stamp came in time, over a log that tells of the one before. */
function checkRenewal({ line, authority, token, at }, next) {
  const isInTime = at < next.at && next.at <= authority.until;
  need(isInTime, "a stamp of the archive was not renewed before its certificate ran out", "存档时间戳未在证书到期前更新");
  const { kind, data } = provenEntry(line.entry, next.head), isTold = kind === "archive.stamped" && data.token === sha256Hex(token);
  need(isTold, "a stamp of the archive is not the one that the log tells of", "存档时间戳与日志所记不一致");
}

export function archiveIsStamped(evidence) {
  const { head } = evidence;
  if (!evidence.has(PART)) {
    throw new NotProven(`the log was not stamped since it had ${head.size} entries; a later capsule has the stamp`, `日志有 ${head.size} 条以后尚未盖存档时间戳；以后取得的证据包会有`);
  }
  const stamps = evidence.json(PART).map((line) => readStamp(evidence, line)), newest = stamps.at(-1);
  need(newest, "there are no stamps of the archive", "没有存档时间戳");
  stamps.slice(1).forEach((stamp, at) => checkRenewal(stamps[at], stamp));
  const isOurs = newest.line.entry === null && newest.line.certificate === evidence.keys.timestamp_certificate;
  need(isOurs, "the newest stamp is not by the platform's authority", "最新的存档时间戳不是平台机构所盖");
  const until = day(newest.authority.until);
  if (newest.authority.until < evidence.now) {
    throw new NotProven(`the certificate of the newest stamp ran out on ${until}`, `最新存档时间戳的证书已于 ${until} 到期`);
  }
  const count = stamps.length;
  return [
    `${count} stamps, the newest of ${day(newest.at)}, its certificate until ${until}`,
    `${count} 个存档时间戳，最新 ${day(newest.at)}，证书有效至 ${until}`,
  ];
}
