// The claim about findings: those of the report are the logged ones, each reason with the member who gave it
// (docs/formats/findings.md).
import { sha256Hex, utf8 } from "./bytes.js";
import { NotProven, need } from "./errors.js";
import { digestOf, equal, sorted } from "./json.js";
import { checkForms } from "./result.js";

export function findingsAreLogged(evidence) {
  const made = new Map(evidence.ofKind("findings.made").map((fact) => [fact.subject, fact.data]));
  if (!made.size) {
    throw new NotProven("no findings were logged up to this head; a capsule after the signatures has them", "截至此日志头尚无评审分析记录；签署后的证据包会有");
  }
  checkForms(evidence, "report.made", { json: "report.json" });
  const { content } = evidence.json("report.json").annexes.find((annex) => annex.id === "findings");
  const isAll = equal(sorted(content.map((line) => line.lot)), sorted(evidence.rankings.keys()));
  need(isAll, "the findings are not about the lots of the notice", "评审分析所述标段与公告不符");
  for (const { lot, findings } of content) {
    const due = { findings: digestOf(findings), ranking: digestOf(evidence.rankings.get(lot)) };
    need(made.has(lot) && equal(made.get(lot), due), `the findings about lot ${lot} are not the logged ones`, `标段 ${lot} 的评审分析与日志所记不一致`);
  }
  const reasons = checkReasons(evidence, content.flatMap(({ findings }) => findings.outliers.figures));
  return [`${content.length} lots, ${reasons} reasons of members`, `${content.length} 个标段，${reasons} 条成员说明`];
}

function checkReasons(evidence, figures) {
  const logged = evidence.ofKind("outlier.explained").map(({ data }) => [data.seat, data.bid, data.level, data.target, data.reason].join("\n"));
  const given = figures.filter((figure) => figure.reason);
  for (const { seat, bid_id: bid, level, target, reason } of given) {
    const isLogged = logged.includes([seat, bid, level, target, sha256Hex(utf8(reason))].join("\n"));
    need(isLogged, `the reason of ${seat} is not the logged one`, `${seat} 的说明与日志所记不一致`);
  }
  return given.length;
}
