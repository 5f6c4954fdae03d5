// Ed25519 signatures, signed statements (statements.md), and signed checkpoints of the log (checkpoint.md).
import { ed25519 } from "@noble/curves/ed25519.js";
import { b64Padded, hex, join, sha256, tagged, unb64, unb64Padded, utf8 } from "./bytes.js";
import { need } from "./errors.js";
import { canonical, exactly, isObject } from "./json.js";

const KEY_NAME = /^[^\s+\x00-\x1f\x7f]{1,255}$/;
const SIZE = /^(0|[1-9][0-9]{0,18})$/;
const LONGEST_NOTE = 1 << 16;

export function isSigned(key, signature, data) {
  try {
    return ed25519.verify(signature, data, key, { zip215: false });
  } catch {
    return false;
  }
}

export function checkSigned(key, signature, data) {
  need(isSigned(key, signature, data), "a signature does not match its key and content", "签名与密钥及内容不符");
}

export const fingerprint = (key) => hex(tagged("key", key));

/** The body of a statement of this type under this key. */
export function readStatement(statement, type, key) {
  exactly(statement, "type", "body", "key", "signature");
  need(isObject(statement.body), "the body of a statement is no object", "声明正文不是对象");
  need(statement.type === type, `a statement is not of the type ${type}`, `声明类型不是 ${type}`);
  need(statement.key === fingerprint(key), "a statement was signed with another key", "声明由另一密钥签署");
  checkSigned(key, unb64(statement.signature, 64), tagged(type, canonical(statement.body)));
  return statement.body;
}

function readVerifierKey(text) {
  const [name, id, ...more] = text.split("+");
  const material = unb64Padded(more.join("+"));
  need(material.length === 33 && material[0] === 1 && KEY_NAME.test(name), "the log's key is malformed", "日志密钥有误");
  const keyId = sha256(join(utf8(`${name}\n`), material)).subarray(0, 4);
  need(id === hex(keyId), "the log's key does not match its own id", "日志密钥与其编号不符");
  return { name, id, key: material.subarray(1) };
}

function splitNote(text) {
  const plain = /^[^\x00-\x09\x0b-\x1f]*$/.test(text);
  const end = text.lastIndexOf("\n\n");
  const signatures = text.slice(end + 2);
  need(
    text.length <= LONGEST_NOTE && plain && end > 0 && signatures.length > 1 && signatures.endsWith("\n"),
    "the log's head is no signed note",
    "日志头不是签名文本",
  );
  return [text.slice(0, end + 1), signatures.slice(0, -1).split("\n")];
}

/** Origin, size and root of a checkpoint that the log's key signed; all its signature lines are well formed. */
export function readCheckpoint(text, verifierKey) {
  const { name, id, key } = readVerifierKey(verifierKey);
  const [body, lines] = splitNote(text);
  let count = 0;
  for (const line of lines) {
    const [dash, signer, encoded, ...more] = line.split(" ");
    need(dash === "—" && encoded !== undefined && !more.length, "a line of signature is malformed", "签名行有误");
    const raw = unb64Padded(encoded);
    if (signer === name && hex(raw.subarray(0, 4)) === id) {
      checkSigned(key, raw.subarray(4), utf8(body));
      count++;
    }
  }
  need(count, "the log's head is not signed by the log's key", "日志头没有日志密钥的签名");
  const [origin, size, root, rest, ...extra] = body.split("\n");
  const hash = unb64Padded(root ?? "");
  const fits = origin === name && SIZE.test(size) && Number.isSafeInteger(Number(size)) && hash.length === 32;
  need(fits && rest === "" && !extra.length && b64Padded(hash) === root, "the log's head is malformed", "日志头有误");
  return { size: Number(size), root: hash, signatures: lines.length };
}

