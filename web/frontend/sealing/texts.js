// Every word of the sealing and opener pages that scripts write, in English and Chinese; offline pages have no other.

import { PROBLEMS } from "./problem-texts.js";

const TEXTS = {
  ...PROBLEMS,
  lot: ["Lot", "标段"],
  files: ["Files", "文件"],
  folder: ["Or a whole folder", "或整个文件夹"],
  filesOf: ["Files of the envelope “{title}”", "“{title}”信封的文件"],
  folderOf: ["Or a whole folder for “{title}”", "或“{title}”的整个文件夹"],
  limitHint: ["Up to {limit} in all, everything included.", "全部合计不超过 {limit}。"],
  chosen: ["{count} files, {size}", "{count} 个文件，共 {size}"],
  more: ["and {count} more", "另有 {count} 个"],
  clear: ["Remove these files", "移除这些文件"],
  price: ["Total price in {currency}", "投标总价（{currency}）"],
  priceHint: ["Digits and a point only, such as {sample}; it is sealed with the bid.", "只写数字和小数点，例如 {sample}；随投标文件一起加密。"],
  answers: ["Answers that the rulebook asks for", "评标办法要求填写的内容"],
  answerRequired: ["{id} (required)", "{id}（必填）"],
  flag: ["Yes or no", "是或否"],
  number: ["A plain decimal, such as 12.5", "十进制数，例如 12.5"],
  choose: ["Choose", "请选择"],
  yes: ["Yes", "是"],
  no: ["No", "否"],
  key: ["Your signing key", "签名密钥"],
  keyOpen: ["Open a key file that I have", "打开已有的密钥文件"],
  keyMake: ["Make a new key here", "在此新建密钥"],
  keyFile: ["Key file", "密钥文件"],
  passphrase: ["Passphrase", "口令"],
  passphraseHint: ["At least {least} characters. Nobody can restore it.", "至少 {least} 个字符，任何人都无法找回。"],
  passphraseAgain: ["The same passphrase again", "再次输入口令"],
  keyNote: ["The key file is saved to this computer. Keep it and its passphrase apart: nobody can restore them.", "密钥文件将保存到本机。请与口令分开保管：二者都无法找回。"],
  bidderId: ["Id of your organisation, from the bidder's page", "本单位编号（见投标人页面）"],
  seal: ["Seal the bid", "加密投标文件"],
  working: ["Opening the key…", "正在打开密钥……"],
  progress: ["Sealing", "加密进度"],
  state: ["{percent} % · {speed}/s · {left} left", "{percent} % · {speed}/秒 · 剩余 {left}"],
  paused: ["Paused at {percent} %", "已暂停，{percent} %"],
  pause: ["Pause", "暂停"],
  resume: ["Go on", "继续"],
  cancel: ["Cancel", "取消"],
  seconds: ["{count} s", "{count} 秒"],
  minutes: ["{count} min", "{count} 分钟"],
  sealed: ["Sealed. It is NOT submitted yet.", "已加密，但尚未递交。"],
  sealedFacts: ["Size {size}. Digest, which the receipt will name:", "大小 {size}。摘要（回执将载明）："],
  save: ["Save the sealed file", "保存加密文件"],
  saved: ["Saved as {name}", "已保存为 {name}"],
  submit: ["Upload and check", "上传并核对"],
  uploading: ["Uploading", "上传进度"],
  next: ["Upload the sealed file on the bidder's page. Only the receipt says that a bid is submitted.", "请在投标人页面上传加密文件。只有回执才表示已递交。"],
  kept: ["Sealed earlier in this browser, NOT submitted by this", "此前在本浏览器加密的文件（不代表已递交）"],
  keptNote: ["These files lie in this browser on this computer until you delete them.", "这些文件保存在本机的浏览器中，直到您删除为止。"],
  remove: ["Delete", "删除"],
  problem: ["There is a problem", "出现问题"],
  notice: ["Notice that you kept", "已保存的招标公告"],
  noticeHint: ["The file from the page of the tender, or from ./mingtang notice.", "在项目页面下载，或由 ./mingtang notice 保存。"],
  offlineTitle: ["Seal a bid without a connection", "离线加密投标文件"],
  offlineIntro: ["Nothing on this page is sent anywhere. Only the receipt of the platform says that a bid is submitted.", "本页面不向任何地方发送内容。只有平台的回执才表示已递交。"],
  noticeOf: ["{reference} {title}, version {version}", "{reference} {title}，第 {version} 版"],
  closes: ["Bids close {time} (Beijing)", "投标截止 {time}（北京时间）"],
  make: ["Make the key file", "生成密钥文件"],
  madeTitle: ["The key file was made", "密钥文件已生成"],
  made: ["Now register it: choose the file that was just saved. So you know that file and passphrase work.", "请登记：选择刚才保存的文件，以确认文件和口令可用。"],
  saveKey: ["Save the key file", "保存密钥文件"],
  register: ["Register and open the test envelope", "登记并开启测试信封"],
  registered: ["Your key is registered and opened the test envelope.", "密钥已登记，并已开启测试信封。"],
  release: ["Release my shares", "提交我的份额"],
  releasing: ["Decrypting your shares", "正在解密份额"],
  handIn: ["Hand it in", "提交"],
  handedIn: ["Handed in: {count}.", "已提交 {count} 项。"],
  released: ["Your shares are released: {count}. Unreadable: {bad}.", "已提交份额 {count} 个，无法解密 {bad} 个。"],
};

export const CHINESE = 1;
export const ENGLISH = 0;

/** The language of the page. */
export const languageOf = (root = document.documentElement) => (root.lang.startsWith("zh") ? CHINESE : ENGLISH);

/** A text in the page's language, its {names} filled in. */
export function say(name, facts = {}, language = languageOf()) {
  const text = (TEXTS[name] ?? TEXTS.unexpected)[language];
  return text.replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "");
}

/** A number of bytes as people read it. */
export function sizeText(count) {
  let number = count;
  const units = ["B", "KiB", "MiB", "GiB"];
  while (number >= 1024 && units.length > 1) {
    number /= 1024;
    units.shift();
  }
  return `${Number.isInteger(number) ? number : number.toFixed(1)} ${units[0]}`;
}

/** How long as people read it. */
export const timeText = (seconds) =>
  seconds < 90 ? say("seconds", { count: Math.ceil(seconds) }) : say("minutes", { count: Math.ceil(seconds / 60) });

/** What was wrong, in words. */
export function problemText(problem) {
  const facts = { ...problem.facts };
  for (const name of ["size", "limit", "free"]) if (facts[name] > 2048) facts[name] = sizeText(facts[name]);
  if (facts.name) facts.name = facts.name.length > 80 ? `${facts.name.slice(0, 80)}…` : facts.name;
  return say(problem.code in TEXTS ? problem.code : "unexpected", facts);
}
