// The page: take a capsule, and keys to trust, from the reader's own disk; say how each claim stands.
import { CLAIMS, FAIL, OPEN, PASS, verdicts } from "./claims.js";
import { isObject, readLoosely } from "./json.js";

const TEXTS = {
  zh: {
    title: "核验证据包", other: "English",
    lead: "把证据包（capsule.zip）放到这里。全部核验在本页内完成，不连接任何网络；本页由与平台程序相互独立的代码写成。",
    capsule: "证据包（ZIP）", keys: "你信任的平台公钥（JSON，可选）", drop: "也可把文件拖到此处。",
    keysHint: "从证据包以外的途径取得；缺少时“平台密钥”一项为未证实。",
    working: "正在核验", holds: "没有一项不成立", fails: "不成立，首个问题：", refused: "这不是证据包：",
    pass: "成立", fail: "不成立", open: "未证实", noKeys: "公钥文件无法读取。", save: "保存结果（JSON）",
    limits: "证据包无法说明的：两人看到的是同一份日志（须见证人），以及 k 位开标人没有提前合谋查看。",
  },
  en: {
    title: "Check a capsule", other: "中文",
    lead: "Put a capsule (capsule.zip) here. Everything is checked inside this page, which connects to nothing; it is written independently of the platform's programs.",
    capsule: "Capsule (ZIP)", keys: "The platform's keys that you trust (JSON, optional)", drop: "Files may be dropped here, too.",
    keysHint: "Get them from elsewhere than the capsule; without them the claim about the platform's keys is not proven.",
    working: "Checking", holds: "Nothing fails", fails: "It does not hold; first: ", refused: "This is no capsule: ",
    pass: "PASS", fail: "FAIL", open: "NOT PROVEN", noKeys: "The file of keys cannot be read.", save: "Save the result (JSON)",
    limits: "What no capsule shows: that two people see the same log (witnesses will), and that k openers did not read early together.",
  },
};

const state = { language: navigator.language.startsWith("zh") ? "zh" : "en", data: null, pinned: null, found: [], refused: null, run: 0 };
const at = (id) => document.getElementById(id);
const said = () => TEXTS[state.language];

function element(name, text, ...classes) {
  const made = document.createElement(name);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
}

function line({ claim, zh, result, detail, detailZh }) {
  const item = document.createElement("li"), isZh = state.language === "zh";
  const kind = { [PASS]: "pass", [FAIL]: "fail", [OPEN]: "open" }[result];
  item.append(element("p", said()[kind], "result", kind), element("p", isZh ? zh : claim), element("p", isZh ? detailZh : detail, "detail"));
  return item;
}

function show() {
  const words = said(), isZh = state.language === "zh", isDone = state.found.length === CLAIMS.length;
  document.documentElement.lang = isZh ? "zh-CN" : "en";
  document.title = words.title;
  for (const marked of document.querySelectorAll("[data-text]")) marked.textContent = words[marked.dataset.text];
  at("claims").replaceChildren(...state.found.map(line));
  const first = state.found.find((one) => one.result === FAIL), banner = at("banner");
  banner.className = "banner";
  banner.hidden = !state.data && !state.refused;
  if (state.refused) banner.textContent = words.refused + (isZh ? state.refused.zh ?? state.refused.message : state.refused.message);
  else if (!isDone) banner.textContent = `${words.working}: ${state.found.length + 1}/${CLAIMS.length}`;
  else banner.textContent = first ? words.fails + (isZh ? `${first.zh}——${first.detailZh}` : `${first.claim}: ${first.detail}`) : words.holds;
  if (state.refused || (isDone && first)) banner.classList.add("fail");
  else if (isDone) banner.classList.add("pass");
  at("save").hidden = !isDone;
}

const nextTurn = () => new Promise((resolve) => setTimeout(resolve));

async function check() {
  const run = ++state.run;
  Object.assign(state, { found: [], refused: null });
  show();
  try {
    for (const verdict of verdicts(state.data, state.pinned)) {
      if (run !== state.run) return;
      state.found.push(verdict);
      show();
      await nextTurn();
    }
  } catch (error) {
    Object.assign(state, { found: [], refused: error });
  }
  show();
}

async function takeKeys(file) {
  try {
    const keys = readLoosely(new Uint8Array(await file.arrayBuffer()));
    state.pinned = isObject(keys) ? keys : null;
  } catch {
    state.pinned = null;
  }
  at("keys-error").hidden = state.pinned !== null;
}

/** A capsule is the file that is a zip; any other file holds keys. */
async function take(files) {
  try {
    for (const file of files) {
      if (file.name.toLowerCase().endsWith(".json")) await takeKeys(file);
      else state.data = new Uint8Array(await file.arrayBuffer());
    }
  } catch (error) {
    // The browser refuses a file that changed after it was chosen.
    Object.assign(state, { data: null, found: [], refused: error });
    show();
  }
  if (state.data) await check();
}

function save() {
  const claims = state.found.map(({ claim, result, detail }) => ({ claim, result, detail }));
  const first = claims.find((one) => one.result === FAIL) ?? null;
  const text = JSON.stringify({ holds: !first, first_failure: first, claims });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "verdicts.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

const drop = at("drop");
for (const kind of ["dragover", "drop", "dragleave"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files);
  });
}
for (const id of ["capsule", "keys"]) at(id).addEventListener("change", (event) => take(event.target.files));
at("save").addEventListener("click", save);
at("language").addEventListener("click", () => {
  state.language = state.language === "zh" ? "en" : "zh";
  show();
});
show();
