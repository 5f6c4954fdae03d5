"""How kinds of evidence, conditions, strengths and screens are called in Chinese and English, on pages and on paper."""

from collections.abc import Mapping

Texts = dict[str, str]


def _both(zh: str, en: str) -> Texts:
    return {"zh": zh, "en": en}


KINDS: Mapping[str, Texts] = {
    "machine": _both("同一台计算机", "One machine"),
    "lock": _both("造价软件锁号相同", "One pricing-software lock"),
    "account": _both("保证金账户相同", "One bond account"),
    "email": _both("电子邮箱相同", "One e-mail address"),
    "phone": _both("联系电话相同", "One telephone number"),
    "pdf_id": _both("PDF 文件标识相同", "One PDF file id"),
    "file": _both("文件完全相同", "One and the same file"),
    "person": _both("联系人、代理人或项目经理相同", "One contact, agent or project manager"),
    "address": _both("单位地址相同", "One postal address"),
    "network": _both("投标网络地址相同", "One network address"),
    "author": _both("文件作者或最后修改者相同", "One author or last editor"),
    "rsid": _both("Word 修订标记相同", "Shared Word revision marks"),
    "created": _both("文件创建时间完全相同", "Made in the same second"),
    "named": _both("文件中出现其他投标人名称", "Another bidder is named"),
    "text": _both("文本雷同", "Copied text"),
    "unit_prices": _both("清单单价成比例", "Proportional unit prices"),
    "prices": _both("报价呈规律性差异", "Regular prices"),
    "company": _both("文件属性中的单位相同", "One company in the metadata"),
    "tool": _both("编制软件相同", "One program"),
    "browser": _both("投标所用程序相同", "One browser or client"),
}

CONDITIONS: Mapping[str, Texts] = {
    "author": _both("投标文件由同一单位或者个人编制", "bids made by one organisation or person"),
    "agent": _both("委托同一单位或者个人办理投标事宜", "bidding handled by one organisation or person"),
    "staff": _both("项目管理成员为同一人", "one person in the project management of several bids"),
    "similarity": _both("投标文件异常一致", "bids abnormally alike"),
    "prices": _both("投标报价呈规律性差异", "prices that differ regularly"),
    "mixed": _both("投标文件相互混装", "documents of one bid in another"),
    "account": _both("投标保证金从同一账户转出", "bid bonds from one account"),
}

CLAUSE = _both(
    "《中华人民共和国招标投标法实施条例》第三十九条、第四十条",
    "实施条例 (Regulation on the Bidding Law) art. 39 and 40",
)

STRENGTHS: Mapping[str, Texts] = {
    "hard": _both("硬证据", "Hard"),
    "strong": _both("强线索", "Strong"),
    "weak": _both("弱线索", "Weak"),
}

PATTERNS: Mapping[str, Texts] = {
    "equal": _both("报价相等", "equal prices"),
    "arithmetic": _both("等差", "arithmetic progression"),
    "geometric": _both("等比", "geometric progression"),
}

REASONS: Mapping[str, Texts] = {
    "broken": _both("文件损坏", "broken"),
    "encrypted": _both("文件已加密", "encrypted"),
    "large": _both("文件过大", "too large"),
    "unpacks": _both("解压后过大", "unpacks to too much"),
    "old": _both("旧版或加密的 Office 文件", "an old or encrypted Office file"),
    "archive": _both("压缩包", "an archive of other files"),
    "slow": _both("读取超时", "reading took too long"),
    "memory": _both("占用内存过多", "needs too much memory"),
    "budget": _both("本份投标文件读取时间已用完", "the time for this bid was used up"),
}

SCREENS: Mapping[str, Texts] = {
    "cv": _both("变异系数 CV", "CV: coefficient of variation"),
    "spd": _both("极差率 SPD", "SPD: spread"),
    "rd": _both("相对差距 RD", "RD: relative distance"),
    "skew": _both("偏度 SKEW", "SKEW: skewness"),
    "diffp": _both("最低两价之差率 DIFFP", "DIFFP: lowest two prices apart"),
    "kstest": _both("与均匀分布的距离 KSTEST", "KSTEST: distance to uniform"),
    "kurt": _both("峰度 KURT", "KURT: kurtosis"),
}
